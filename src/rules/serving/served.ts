import type { AmountFollower } from './follow-amount.ts';
import type { TraceStep } from './trace-step.ts';

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

/** What came of a wish for an amount, once every step was followed; nothing left means not done. */
export function servedAmount(
  follow: AmountFollower,
  spendable: bigint,
  due: bigint | null,
  reserve: bigint,
): Served {
  const amountHundredths = follow.amount();
  const binding = follow.binding();
  const done = amountHundredths > 0n;
  return {
    done,
    amountHundredths,
    spendableHundredths: spendable,
    dueHundredths: due,
    reserveHundredths: reserve,
    steps: follow.steps,
    binding,
    refusal: done
      ? null
      : ((binding === null ? null : follow.steps[binding]?.because) ?? 'Nothing was asked for.'),
  };
}

/** What came of a wish without figures: done when nothing stood against it. */
export function withoutAmount(
  spendable: bigint,
  refusal: string | null,
  due: bigint | null = null,
): Served {
  return {
    done: refusal === null,
    amountHundredths: 0n,
    spendableHundredths: spendable,
    dueHundredths: due,
    reserveHundredths: 0n,
    steps: [],
    binding: null,
    refusal,
  };
}
