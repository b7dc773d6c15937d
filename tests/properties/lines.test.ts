import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MoneyError, spread } from '../../src/money/index.ts';
import { type LineRow, toLineFacts } from '../../src/whmcs/index.ts';

const hundredths = fc.bigInt({ min: -5_000_000n, max: 5_000_000n });

const line = fc.record({ amount: hundredths, taxed: fc.integer({ min: 0, max: 1 }) }).map(
  ({ amount, taxed }): LineRow => ({
    id: 1,
    invoiceid: 9,
    type: 'Hosting',
    relid: 30,
    amount: `${amount < 0n ? '-' : ''}${(amount < 0n ? -amount : amount) / 100n}.${String((amount < 0n ? -amount : amount) % 100n).padStart(2, '0')}`,
    taxed,
    service_id: 30,
    addon_id: null,
    domain_id: null,
    product_id: 2,
    group_id: 1,
  }),
);

test('the lines of an invoice with their tax add up to the invoice, whatever its lines, taxes and currency', () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 20 }),
      hundredths,
      fc.constantFrom(0, 2),
      (rows, gross, decimals) => {
        const lines = toLineFacts(rows, gross, decimals);
        expect(lines.reduce((sum, one) => sum + one.withTaxHundredths, 0n)).toBe(gross);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('shares add up to the amount, and none is a unit or more away from its exact part', () => {
  fc.assert(
    fc.property(
      hundredths,
      fc.array(hundredths, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(1n, 100n),
      (amount, weights, unit) => {
        const sum = weights.reduce((all, one) => all + one, 0n);
        if (sum === 0n) {
          expect(() => spread(amount, weights, unit)).toThrow(MoneyError);
          return;
        }
        const shares = spread(amount, weights, unit);
        const smallest = amount % unit === 0n ? unit : 1n;
        expect(shares.reduce((all, one) => all + one, 0n)).toBe(amount);
        for (const [index, share] of shares.entries()) {
          const off = share * sum - amount * (weights[index] ?? 0n);
          expect(off < 0n ? -off : off).toBeLessThan(smallest * (sum < 0n ? -sum : sum));
          expect(share % smallest).toBe(0n);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});
