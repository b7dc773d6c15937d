import { least, most } from '../money/index.ts';

/** Credit that a payment gave: a deposit's, an overpayment's, or that of a payment booked as credit. Amounts in hundredths. */
export interface PaidCredit {
  readonly givenHundredths: bigint;
  /** What is left of it. */
  readonly leftHundredths: bigint;
  /** Of what was given, how much money went back to the payer, refunded or reversed. */
  readonly moneyBackHundredths: bigint;
  /** Of what was given, how much went with its money: by reversals, or because somebody took it back. */
  readonly takenBackHundredths: bigint;
}

/** A grant that some rule gave for that payment (`followsInvoiceId`). */
export interface Bonus {
  readonly givenHundredths: bigint;
  readonly leftHundredths: bigint;
  /** What the rest of the payment would have earned. */
  readonly earnedHundredths: bigint;
  /** What was taken back for it already, from itself or from the payment's credit. */
  readonly takenBackHundredths: bigint;
}

export interface FlowingBack {
  readonly credit: PaidCredit;
  /** What a reversal takes off the client's balance at once (whmcs.md §2.7); 0 for a refund, which leaves the credit. */
  readonly reversedHundredths: bigint;
  readonly bonuses: readonly Bonus[];
  /** Whether the credit of the payment stands for a bonus that was spent. */
  readonly spentBonusFromCredit: boolean;
}

export interface FlowedBack extends Reversal {
  readonly bonuses: readonly {
    /** What is taken from the bonus. */
    readonly takenHundredths: bigint;
    /** What was spent of it, and is taken from the payment's credit instead. */
    readonly fromCreditHundredths: bigint;
  }[];
  /** What is left of the payment's credit after all that, in two parts. */
  readonly refundableHundredths: bigint;
  /** The part whose money went back: it may not be paid out, and anybody may take it back. */
  readonly withoutMoneyHundredths: bigint;
}

/**
 * What happens when money flows back: the one table for refunds and reversals, of the whole or of a part, with credit and bonus
 * spent or not. What is taken and what is owed never exceed what the payment and its bonuses gave.
 *
 * |  | the payment's credit | a bonus for it |
 * | --- | --- | --- |
 * | refund, credit left | stays; its part without money may not be paid out and may be taken back | what the rest has not earned is taken; what of that was spent comes from the payment's credit, if so set |
 * | refund, credit spent | nothing to do | the same, as far as something is left |
 * | reversal, credit left | goes with it, and nothing else does | as above, from what the reversal leaves |
 * | reversal, credit spent | the spent part is owed to the reversal | as above |
 */
export function flowBack(flowing: FlowingBack): FlowedBack {
  const reversal = reverse(flowing.credit, flowing.reversedHundredths);
  const after = afterReversal(flowing.credit, reversal);
  let left = after.leftHundredths;
  const bonuses = flowing.bonuses.map((bonus) => {
    const excess = positive(
      bonus.givenHundredths - bonus.earnedHundredths - bonus.takenBackHundredths,
    );
    const taken = least(bonus.leftHundredths, excess);
    const fromCredit = flowing.spentBonusFromCredit ? least(left, excess - taken) : 0n;
    left -= fromCredit;
    return { takenHundredths: taken, fromCreditHundredths: fromCredit };
  });
  const without = withoutMoney({ ...after, leftHundredths: left });
  return {
    ...reversal,
    bonuses,
    refundableHundredths: left - without,
    withoutMoneyHundredths: without,
  };
}

export interface Reversal {
  /** What it takes from the payment's own credit. */
  readonly fromCreditHundredths: bigint;
  /** What was spent of that credit: the client owes it to the reversal. */
  readonly owedHundredths: bigint;
  /** More than the payment gave: no reversal of it explains this part. */
  readonly beyondHundredths: bigint;
}

/** Splits what a reversal takes off the balance. */
export function reverse(credit: PaidCredit, reversedHundredths: bigint): Reversal {
  const open = positive(credit.givenHundredths - credit.takenBackHundredths);
  const counted = least(reversedHundredths, open);
  const fromCredit = least(credit.leftHundredths, counted);
  return {
    fromCreditHundredths: fromCredit,
    owedHundredths: counted - fromCredit,
    beyondHundredths: reversedHundredths - counted,
  };
}

/** Of what is left of a payment's credit, the part whose money went back. */
export function withoutMoney({
  leftHundredths,
  moneyBackHundredths,
  takenBackHundredths,
}: Omit<PaidCredit, 'givenHundredths'>): bigint {
  return least(leftHundredths, positive(moneyBackHundredths - takenBackHundredths));
}

function afterReversal(
  credit: PaidCredit,
  { fromCreditHundredths, owedHundredths }: Reversal,
): PaidCredit {
  const went = fromCreditHundredths + owedHundredths;
  return {
    ...credit,
    leftHundredths: credit.leftHundredths - fromCreditHundredths,
    takenBackHundredths: credit.takenBackHundredths + went,
  };
}

function positive(hundredths: bigint): bigint {
  return most(hundredths, 0n);
}
