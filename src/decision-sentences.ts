import type { TracedDecision } from './admin/index.ts';
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
