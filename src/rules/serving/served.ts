import type { AmountFollower } from './follow-amount.ts';
import type { ReservationUse } from './reservations.ts';
import type { TraceStep } from './trace-step.ts';

/** The outcome of one wish. */
export interface Served {
  readonly done: boolean;
  readonly amountHundredths: bigint;
  /** What the client could spend before this wish. */
  readonly spendableHundredths: bigint;
  readonly dueHundredths: bigint | null;
  readonly reserveHundredths: bigint;
  readonly steps: readonly TraceStep[];
  readonly binding: number | null;
  /** What it takes of which reservation. */
  readonly uses: readonly ReservationUse[];
  /** Why not, when not done. */
  readonly refusal: string | null;
}

/** Returns the outcome of a wish for an amount, after all steps; an amount of zero means not done. */
export function servedAmount(
  follow: AmountFollower,
  spendable: bigint,
  due: bigint | null,
  reserve: bigint,
  uses: readonly ReservationUse[] = [],
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
    uses,
    refusal: done
      ? null
      : ((binding === null ? null : follow.steps[binding]?.because) ?? 'Nothing was asked for.'),
  };
}

/** Returns the outcome of a wish without an amount: done unless there is a refusal. */
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
    uses: [],
    refusal,
  };
}
