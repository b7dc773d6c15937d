import type { RuleInfo } from '../../rules/engine/index.ts';
import { explain, readTrace, type Trace } from '../../rules/settle/index.ts';
import type { CommandOfDecision, ToldDecision } from './invoice-decisions.ts';

/**
 * Explains decisions in words, one list for each decision. They are explained together, because each rule of an event has its
 * own decision: the rule's answer appears once, not with every other rule's. A trace from an older release may be unreadable;
 * its reason never is.
 */
export function decisionSentences(
  decisions: readonly Pick<ToldDecision, 'trace' | 'reason'>[],
  rules: readonly RuleInfo[],
): readonly (readonly string[])[] {
  const titleOf = titleIn(rules);
  const traces = decisions.map(({ trace }) => readable(trace));
  const beside = traces.filter((trace) => trace !== undefined);
  return decisions.map(({ reason }, index) => {
    const trace = traces[index];
    return trace === undefined ? [reason] : explain(trace, (rule) => titleOf(rule) ?? rule, beside);
  });
}

function readable(trace: string): Trace | undefined {
  try {
    return readTrace(trace);
  } catch {
    return undefined;
  }
}

/** Looks up a rule's title; undefined for a rule that no longer exists. */
export function titleIn(rules: readonly RuleInfo[]): (rule: string) => string | undefined {
  return (rule) => rules.find(({ id }) => id === rule)?.title;
}

/** The outcome of a command, by its state. */
const BECAME: Readonly<Record<string, string>> = {
  open: 'WHMCS has not done it yet',
  running: 'WHMCS is doing it now',
  done: 'It was done',
  refused: 'WHMCS refused it',
  stale: 'It was not done',
  unknown: 'It was interrupted; an admin must check whether it was done',
};

/** Explains the outcome of a command. A state from a later release is named as it is. */
export function commandSentence({
  state,
  reason,
}: Pick<CommandOfDecision, 'state' | 'reason'>): string {
  const became = BECAME[state] ?? `It is ${state}`;
  if (reason === '') return `${became}.`;
  return `${became}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
}
