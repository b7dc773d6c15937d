import type { TraceStep } from './trace.ts';

/** What became of one wish. */
export interface Served {
  readonly done: boolean;
  readonly amountHundredths: bigint;
  /** What the client could spend when this wish was served. */
  readonly spendableHundredths: bigint;
  readonly dueHundredths: bigint | null;
  readonly reserveHundredths: bigint;
  readonly steps: readonly TraceStep[];
  readonly binding: number | null;
  /** Why not, when not done. */
  readonly refusal: string | null;
}

/** Follows an amount through the steps that bear on it. */
export function followAmount(askedHundredths: bigint) {
  let amount = askedHundredths;
  let binding: number | null = null;
  const steps: TraceStep[] = [];
  return {
    amount: (): bigint => amount,
    steps,
    binding: (): number | null => binding,
    /** Notes a step; what lowers the amount, other than rounding, is what binds it. */
    step(step: TraceStep['step'], rule: string | null, after: bigint, because: string): void {
      if (after < amount && (step !== 'round' || binding === null)) binding = steps.length;
      steps.push({ step, rule, because, beforeHundredths: amount, afterHundredths: after });
      amount = after;
    },
  };
}

export type AmountFollower = ReturnType<typeof followAmount>;
