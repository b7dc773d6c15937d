import type { Outcome } from '../rules/settle/index.ts';
import type { Planned } from './planned-decision.ts';

/** How many decisions of each rule had which outcome. */
export type Tally = Map<string, Map<Outcome, number>>;

export function addToTally(tally: Tally, decisions: readonly Pick<Planned, 'settled'>[]): void {
  for (const { settled } of decisions) {
    const outcomes = tally.get(settled.rule) ?? new Map<Outcome, number>();
    outcomes.set(settled.outcome, (outcomes.get(settled.outcome) ?? 0) + 1);
    tally.set(settled.rule, outcomes);
  }
}
