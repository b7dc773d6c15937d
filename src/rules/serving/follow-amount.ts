import { least, most, type Rounding, roundToCurrency } from '../../money/index.ts';
import type { Allowance } from './allowance.ts';
import type { TraceStep } from './trace-step.ts';

/** Follows an amount through the steps that change it. */
export function followAmount(askedHundredths: bigint) {
  let amount = askedHundredths;
  let binding: number | null = null;
  const steps: TraceStep[] = [];

  /** Records a step. The last step that lowers the amount is the binding one; rounding only if no other step did. */
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
    /** Records every limit, even one that changes nothing. */
    limit(allowances: readonly Allowance[]): void {
      for (const { purse, rule, limit } of allowances) {
        step('limit', rule, least(amount, most(purse.leftHundredths, 0n)), limit.because);
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
