import type { Changes } from '../ledger/index.ts';

/** Merges several steps: the last state of each grant and spend, and all draw-downs in order. */
export function mergeChanges(steps: readonly Changes[]): Changes {
  return {
    grants: [...new Map(steps.flatMap((s) => s.grants).map((one) => [one.id, one])).values()],
    spends: [...new Map(steps.flatMap((s) => s.spends).map((one) => [one.sequence, one])).values()],
    drawDowns: steps.flatMap(({ drawDowns }) => drawDowns),
  };
}
