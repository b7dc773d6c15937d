import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openingEntries, postingOf } from '../../src/follow/opening-entries.ts';
import { type Grant, grantKinds, replay } from '../../src/ledger/index.ts';
import { historyOf, randomLife, settingsOf } from '../support/random-postings.ts';

const day = fc.option(fc.constantFrom('2026-01-05', '2026-02-01', '2026-12-31'));
const grants: fc.Arbitrary<Grant[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...grantKinds),
      amountHundredths: fc.bigInt({ min: 1n, max: 20n }),
      openedOn: fc.constantFrom('2026-01-05', '2026-02-01'),
      startsOn: day,
      expiresOn: day,
      priority: fc.constantFrom(50, 100),
      refundable: fc.boolean(),
      followsInvoiceId: fc.option(fc.integer({ min: 1, max: 3 })),
      rule: fc.constantFrom('', 'deposit-bonus'),
    }),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map((one, at) => ({
      ...one,
      id: BigInt(at + 1),
      remainingHundredths: one.amountHundredths,
      commandId: null,
    })),
  );

it('opens an account with its whole balance, and with exactly the grants of before where they are all of it', () => {
  fc.assert(
    fc.property(
      fc.record({
        life: randomLife,
        former: grants,
        other: fc.bigInt({ min: -5n, max: 5n }),
        version: fc.nat(4),
      }),
      ({ life, former, other, version }) => {
        const history = historyOf(life.history);
        const left = former.reduce((total, one) => total + one.remainingHundredths, 0n);
        const sum = history.reduce(
          (total, { direction, amountHundredths: amount }) =>
            direction === 'in' ? total + amount : total - amount,
          0n,
        );
        const credit = left + other;
        const entries = openingEntries(
          { clientId: 7, currencyId: 1 },
          { sum, credit, former },
          { epoch: 2, version, on: '2026-11-22' },
          BigInt(history.length + 1),
        );
        const posted = entries.map((one) => ({ ...postingOf(one), settingsVersion: version }));
        const book = replay([...history, ...posted], settingsOf);
        const open = [...book.grants.values()].filter((one) => one.remainingHundredths > 0n);
        const unfunded = [...book.spends.values()].reduce(
          (total, spend) => total + spend.unfundedHundredths,
          0n,
        );
        const remaining = open.reduce((total, one) => total + one.remainingHundredths, 0n);
        expect(remaining - unfunded).toBe(credit);
        const keeps = other === 0n && former.some(({ kind }) => kind !== 'opening');
        if (keeps) {
          expect(unfunded).toBe(0n);
          expect(open.map((one) => ({ ...one, id: 0n }))).toEqual(
            former.map((one) => ({ ...one, id: 0n })),
          );
        } else {
          expect(open.every(({ kind }) => kind === 'opening')).toBe(true);
        }
      },
    ),
    { numRuns: 500 },
  );
});
