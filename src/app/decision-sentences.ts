import type { CommandRow, TracedDecision } from '../pages/index.ts';
import type { RuleInfo } from '../rules/engine/index.ts';
import { explain, readTrace, type Trace } from '../rules/settle/index.ts';

/**
 * Decisions in words, one list for each, told together: each rule of one event has its own, so what it said is told there and
 * not with every other rule's again. A trace that an older release wrote may not be readable any more; its reason always is.
 */
export function decisionSentences(
  decisions: readonly Pick<TracedDecision, 'trace' | 'reason'>[],
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

/** What a rule is called; undefined for one that is not there any more. */
export function titleIn(rules: readonly RuleInfo[]): (rule: string) => string | undefined {
  return (rule) => rules.find(({ id }) => id === rule)?.title;
}

/** What became of what was asked of WHMCS, by the command's state. */
const BECAME: Readonly<Record<string, string>> = {
  open: 'WHMCS has yet to do it',
  running: 'WHMCS is at it',
  done: 'It was done',
  refused: 'WHMCS refused it',
  stale: 'It was not done',
  unknown: 'It was cut off; an admin has to look whether it was done',
};

/** What became of a command, in words. A state that a later release wrote is named. */
export function commandSentence({ state, reason }: Pick<CommandRow, 'state' | 'reason'>): string {
  const became = BECAME[state] ?? `It is ${state}`;
  if (reason === '') return `${became}.`;
  return `${became}: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
}
