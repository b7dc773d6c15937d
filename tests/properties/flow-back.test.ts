import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { type Bonus, type FlowingBack, flowBack, type PaidCredit } from '../../src/ledger/index.ts';
import { openAccount } from '../support/account.ts';

// The table for money that flows back: what is taken, what is owed, what stays refundable.

const DEPOSIT = 10_000n;
const BONUS = 1000n;

/** Deposit 100.00 with a bonus of 10.00; what is left of each, the money that went back, and what the rest earns. */
function flowing(one: {
  readonly left?: bigint;
  readonly bonusLeft?: bigint;
  readonly back: bigint;
  readonly way: 'refund' | 'reversal';
  readonly earned?: bigint;
  readonly spentBonusFromCredit?: boolean;
}): FlowingBack {
  return {
    credit: {
      givenHundredths: DEPOSIT,
      leftHundredths: one.left ?? DEPOSIT,
      moneyBackHundredths: one.back,
      takenBackHundredths: 0n,
    },
    reversedHundredths: one.way === 'reversal' ? one.back : 0n,
    bonuses: [
      {
        givenHundredths: BONUS,
        leftHundredths: one.bonusLeft ?? BONUS,
        earnedHundredths: one.earned ?? 0n,
        takenBackHundredths: 0n,
      },
    ],
    spentBonusFromCredit: one.spentBonusFromCredit ?? true,
  };
}

type Row = readonly [
  situation: string,
  given: Parameters<typeof flowing>[0],
  /** Taken from the credit by the reversal, owed, taken from the bonus, from the credit for it, refundable, without money. */
  outcome: readonly [bigint, bigint, bigint, bigint, bigint, bigint],
];

const rows: readonly Row[] = [
  [
    'refund, whole, nothing spent',
    { way: 'refund', back: 10_000n },
    [0n, 0n, 1000n, 0n, 0n, 10_000n],
  ],
  [
    'refund, half, nothing spent',
    { way: 'refund', back: 5000n, earned: 500n },
    [0n, 0n, 500n, 0n, 5000n, 5000n],
  ],
  [
    'refund, whole, bonus spent',
    { way: 'refund', back: 10_000n, bonusLeft: 0n },
    [0n, 0n, 0n, 1000n, 0n, 9000n],
  ],
  [
    'refund, half, bonus spent',
    { way: 'refund', back: 5000n, earned: 500n, bonusLeft: 0n },
    [0n, 0n, 0n, 500n, 4500n, 5000n],
  ],
  [
    'refund, whole, part of the bonus spent',
    { way: 'refund', back: 10_000n, bonusLeft: 400n },
    [0n, 0n, 400n, 600n, 0n, 9400n],
  ],
  [
    'refund, whole, deposit spent',
    { way: 'refund', back: 10_000n, left: 0n },
    [0n, 0n, 1000n, 0n, 0n, 0n],
  ],
  [
    'refund, whole, everything spent',
    { way: 'refund', back: 10_000n, left: 0n, bonusLeft: 0n },
    [0n, 0n, 0n, 0n, 0n, 0n],
  ],
  [
    'refund, half, most of the deposit spent',
    { way: 'refund', back: 5000n, earned: 500n, left: 3000n },
    [0n, 0n, 500n, 0n, 0n, 3000n],
  ],
  [
    'refund, bonus spent, setting off',
    { way: 'refund', back: 10_000n, bonusLeft: 0n, spentBonusFromCredit: false },
    [0n, 0n, 0n, 0n, 0n, 10_000n],
  ],
  [
    'reversal, whole, nothing spent',
    { way: 'reversal', back: 10_000n },
    [10_000n, 0n, 1000n, 0n, 0n, 0n],
  ],
  [
    'reversal, half, nothing spent',
    { way: 'reversal', back: 5000n, earned: 500n },
    [5000n, 0n, 500n, 0n, 5000n, 0n],
  ],
  [
    'reversal, whole, bonus spent',
    { way: 'reversal', back: 10_000n, bonusLeft: 0n },
    [10_000n, 0n, 0n, 0n, 0n, 0n],
  ],
  [
    'reversal, half, bonus spent',
    { way: 'reversal', back: 5000n, earned: 500n, bonusLeft: 0n },
    [5000n, 0n, 0n, 500n, 4500n, 0n],
  ],
  [
    'reversal, whole, deposit spent in part',
    { way: 'reversal', back: 10_000n, left: 3000n, bonusLeft: 0n },
    [3000n, 7000n, 0n, 0n, 0n, 0n],
  ],
  [
    'reversal, whole, deposit spent',
    { way: 'reversal', back: 10_000n, left: 0n },
    [0n, 10_000n, 1000n, 0n, 0n, 0n],
  ],
  [
    'reversal, half, deposit spent',
    { way: 'reversal', back: 5000n, earned: 500n, left: 0n },
    [0n, 5000n, 500n, 0n, 0n, 0n],
  ],
];

describe('the table of money that flows back', () => {
  test.each(rows)(
    '%s',
    (_, given, [fromCredit, owed, fromBonus, forBonus, refundable, without]) => {
      expect(flowBack(flowing(given))).toEqual({
        fromCreditHundredths: fromCredit,
        owedHundredths: owed,
        beyondHundredths: 0n,
        bonuses: [{ takenHundredths: fromBonus, fromCreditHundredths: forBonus }],
        refundableHundredths: refundable,
        withoutMoneyHundredths: without,
      });
    },
  );

  it('counts nothing beyond what the payment gave', () => {
    const { owedHundredths, beyondHundredths } = flowBack({
      ...flowing({ way: 'reversal', back: 15_000n, left: 0n }),
    });
    expect([owedHundredths, beyondHundredths]).toEqual([10_000n, 5000n]);
  });
});

const amount = fc.bigInt({ min: 0n, max: 500n });
/** A part of another amount. */
const upTo = (most: bigint) => fc.bigInt({ min: 0n, max: most });

const credit = amount.chain((givenHundredths) =>
  fc.record({
    givenHundredths: fc.constant(givenHundredths),
    leftHundredths: upTo(givenHundredths),
    moneyBackHundredths: upTo(givenHundredths),
    takenBackHundredths: fc.constant(0n),
  }),
);
const bonus = amount.chain((givenHundredths) =>
  fc.record({
    givenHundredths: fc.constant(givenHundredths),
    leftHundredths: upTo(givenHundredths),
    earnedHundredths: amount,
    takenBackHundredths: fc.constant(0n),
  }),
);
const situation = fc.record({
  credit,
  reversedHundredths: fc.bigInt({ min: 0n, max: 900n }),
  bonuses: fc.array(bonus, { maxLength: 3 }),
  spentBonusFromCredit: fc.boolean(),
});

const sum = (all: readonly bigint[]) => all.reduce((total, one) => total + one, 0n);

describe('whatever flows back', () => {
  it('taken plus owed never exceeds what the payment and its bonuses gave', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const out = flowBack(given);
        const taken =
          out.fromCreditHundredths +
          out.withoutMoneyHundredths +
          sum(out.bonuses.map((one) => one.takenHundredths + one.fromCreditHundredths));
        const all =
          given.credit.givenHundredths + sum(given.bonuses.map((one) => one.givenHundredths));
        expect(taken + out.owedHundredths).toBeLessThanOrEqual(all);
      }),
    );
  });

  it('takes no more from anything than is left of it, and loses no hundredth of a reversal', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const out = flowBack(given);
        const fromCredit =
          out.fromCreditHundredths + sum(out.bonuses.map((one) => one.fromCreditHundredths));
        const left = given.credit.leftHundredths - fromCredit;
        expect(left).toBe(out.refundableHundredths + out.withoutMoneyHundredths);
        for (const [index, one] of out.bonuses.entries()) {
          expect(one.takenHundredths).toBeLessThanOrEqual(
            given.bonuses[index]?.leftHundredths ?? 0n,
          );
        }
        expect(out.fromCreditHundredths + out.owedHundredths + out.beyondHundredths).toBe(
          given.reversedHundredths,
        );
        for (const part of [left, out.refundableHundredths, out.withoutMoneyHundredths]) {
          expect(part).toBeGreaterThanOrEqual(0n);
        }
      }),
    );
  });

  it('in several parts, taken and owed never exceed what was given, in whatever order', () => {
    const parts = fc.array(fc.record({ back: amount, isReversal: fc.boolean(), spend: amount }), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(credit, bonus, parts, (first, extra, steps) => {
        let now: PaidCredit = {
          ...first,
          leftHundredths: first.givenHundredths,
          moneyBackHundredths: 0n,
        };
        let gift: Bonus = { ...extra, leftHundredths: extra.givenHundredths, earnedHundredths: 0n };
        let taken = 0n;
        let owed = 0n;
        for (const { back, isReversal, spend } of steps) {
          const spent = spend < now.leftHundredths ? spend : now.leftHundredths;
          now = { ...now, leftHundredths: now.leftHundredths - spent };
          const room = now.givenHundredths - now.moneyBackHundredths;
          const part = back < room ? back : room;
          now = { ...now, moneyBackHundredths: now.moneyBackHundredths + part };
          const out = flowBack({
            credit: now,
            reversedHundredths: isReversal ? part : 0n,
            bonuses: [gift],
            spentBonusFromCredit: true,
          });
          const [one] = out.bonuses;
          if (one === undefined) throw new Error('One bonus has one outcome.');
          owed += out.owedHundredths;
          // Everybody takes back what may be taken back.
          taken +=
            out.fromCreditHundredths +
            one.takenHundredths +
            one.fromCreditHundredths +
            out.withoutMoneyHundredths;
          now = {
            ...now,
            leftHundredths: out.refundableHundredths,
            takenBackHundredths:
              now.takenBackHundredths +
              out.fromCreditHundredths +
              out.owedHundredths +
              out.withoutMoneyHundredths,
          };
          gift = {
            ...gift,
            leftHundredths: gift.leftHundredths - one.takenHundredths,
            takenBackHundredths:
              gift.takenBackHundredths + one.takenHundredths + one.fromCreditHundredths,
          };
          expect(taken + owed).toBeLessThanOrEqual(first.givenHundredths + extra.givenHundredths);
        }
      }),
    );
  });
});

it('the ledger’s own entry of a reversal takes and owes what the table says', () => {
  fc.assert(
    fc.property(amount, amount, amount, (given, bonusGiven, spent) => {
      const account = openAccount();
      const deposit = account.grant(given, 'paid');
      const gift = account.grant(bonusGiven, 'promotional');
      const used = spent < given ? spent : given;
      account.spend(used, 7, [deposit]);
      const reversal = account.post('out', given, { do: 'reverse', grants: [String(deposit)] }, {});
      const out = flowBack({
        credit: {
          givenHundredths: given,
          leftHundredths: given - used,
          moneyBackHundredths: given,
          takenBackHundredths: 0n,
        },
        reversedHundredths: given,
        bonuses: [],
        spentBonusFromCredit: true,
      });
      expect(account.left()[Number(deposit)]).toBe(0n);
      // The bonus is never drawn for it.
      expect(account.left()[Number(gift)]).toBe(bonusGiven);
      expect(account.unfunded()[Number(reversal)] ?? 0n).toBe(out.owedHundredths);
    }),
  );
});
