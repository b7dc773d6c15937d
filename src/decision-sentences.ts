import type { CommandRow, TracedDecision } from './admin/index.ts';
import type { RuleInfo } from './rules/engine/index.ts';
import { explain, readTrace } from './rules/settle/index.ts';

/** A decision in words. A trace that an older release wrote may not be readable any more; its reason always is. */
export function decisionSentences(
  decision: Pick<TracedDecision, 'trace' | 'reason'>,
  rules: readonly RuleInfo[],
): readonly string[] {
  try {
    const titleOf = titleIn(rules);
    return explain(readTrace(decision.trace), (rule) => titleOf(rule) ?? rule);
  } catch {
    return [decision.reason];
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
