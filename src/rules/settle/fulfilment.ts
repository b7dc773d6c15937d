import type { Allowance } from './limit-book.ts';
import type { Wish } from './merge-proposals.ts';
import type { ServedWish } from './serve.ts';
import type { Outcome } from './trace.ts';

/** A wish, what became of it, and the limits that it was under. */
export interface Fulfilment extends ServedWish {
  readonly wish: Wish;
  readonly allowances: readonly Allowance[];
}

export function outcomeOf({ served, waits }: ServedWish): Outcome {
  if (!served.done) return 'skipped';
  return waits ? 'waits' : 'effect';
}

/** There was nothing to do, and no rule that proposed it wants that told. */
export function isUntold({
  wish: { voices, contradicting },
  served,
  allowances,
}: Fulfilment): boolean {
  if (served.done || allowances.some((one) => hasLowered(one, served))) return false;
  return [...voices, ...contradicting].every(({ word }) => word.quiet === true);
}

/** Whether this limit lowered the amount, forbade an effect without one, or makes it wait. */
export function hasLowered(
  { rule, limit }: Allowance,
  { steps, refusal }: Fulfilment['served'],
): boolean {
  if (steps.length === 0) return limit.atMostHundredths === 0n && refusal === limit.because;
  return steps.some(
    (step) =>
      step.rule === rule &&
      step.because === limit.because &&
      (step.step === 'approval' ||
        (step.step === 'limit' && step.afterHundredths < step.beforeHundredths)),
  );
}
