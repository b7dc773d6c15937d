import { type Rounding, roundToCurrency } from '../../money/index.ts';
import type { Allowance } from './limit-book.ts';
import { least } from './merge-proposals.ts';
import type { TraceStep } from './trace.ts';

/** Follows an amount through the steps that bear on it. */
export function followAmount(askedHundredths: bigint) {
  let amount = askedHundredths;
  let binding: number | null = null;
  const steps: TraceStep[] = [];

  /** Notes a step; what lowers the amount, other than rounding, is what binds it. */
  function step(
    kind: TraceStep['step'],
    rule: string | null,
    after: bigint,
    because: string,
  ): void {
    if (after < amount && (kind !== 'round' || binding === null)) binding = steps.length;
    steps.push({ step: kind, rule, because, beforeHundredths: amount, afterHundredths: after });
    amount = after;
  }

  return {
    steps,
    step,
    amount: (): bigint => amount,
    binding: (): number | null => binding,
    /** Every limit, also one that changes nothing. */
    limit(allowances: readonly Allowance[]): void {
      for (const { purse, rule, word } of allowances) {
        const left = purse.leftHundredths > 0n ? purse.leftHundredths : 0n;
        step('limit', rule, least(amount, left), word.because);
      }
    },
    round(
      currency: { readonly code: string; readonly decimals: number },
      rounding: Rounding,
    ): void {
      const rounded = roundToCurrency(amount, currency.decimals, rounding);
      if (rounded === amount) return;
      const decimals = currency.decimals === 0 ? 'no decimals' : 'one decimal';
      step('round', null, rounded, `${currency.code} has ${decimals}.`);
    },
  };
}

export type AmountFollower = ReturnType<typeof followAmount>;
