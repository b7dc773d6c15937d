import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type MoneyRow, repeatedPayments } from '../../src/events/index.ts';

const row = (id: number, told: Partial<MoneyRow> = {}): MoneyRow => ({
  id,
  invoiceId: 9,
  gateway: 'card',
  transactionId: 'T1',
  inHundredths: 5000n,
  outHundredths: 0n,
  refundOf: 0,
  ...told,
});
const refund = (id: number, outHundredths: bigint, refundOf = 0) =>
  row(id, { transactionId: `R${id}`, inHundredths: 0n, outHundredths, refundOf });
const repeated = (...rows: readonly MoneyRow[]) =>
  repeatedPayments(rows).map(({ row: { id }, leftHundredths }) => [id, leftHundredths]);

test('a payment that is told three times is repeated twice, whatever its later amounts', () => {
  expect(repeated(row(1), row(2), row(3, { inHundredths: 700n }))).toEqual([
    [2, 5000n],
    [3, 700n],
  ]);
});

test('another invoice, gateway or transaction id is no repetition, nor is a payment without an id', () => {
  const others = [
    row(2, { invoiceId: 10 }),
    row(3, { gateway: 'bank' }),
    row(4, { transactionId: 't1' }),
    row(5, { transactionId: '' }),
    row(6, { transactionId: '' }),
  ];
  expect(repeated(row(1), ...others)).toEqual([]);
});

test('a refund of one of the repeated payments takes one repetition away, also of the first and without saying which', () => {
  const twice = [row(1), row(2)];
  for (const of of [2, 1, 0]) expect(repeated(...twice, refund(7, 5000n, of))).toEqual([]);
  expect(repeated(...twice, refund(7, 2000n, 2))).toEqual([[2, 3000n]]);
  expect(repeated(...twice, row(3), refund(7, 5000n, 1))).toEqual([[2, 5000n]]);
});

test('what counts once never exceeds the money, is never below the first payments, and does not depend on the order', () => {
  const rows = fc.uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 40 }),
      transactionId: fc.constantFrom('', 'T1', 'T2'),
      gateway: fc.constantFrom('card', 'bank'),
      inHundredths: fc.bigInt({ min: 1n, max: 9000n }),
    }),
    { selector: ({ id }) => id, maxLength: 12 },
  );
  fc.assert(
    fc.property(rows, fc.infiniteStream(fc.nat()), (told, shuffle) => {
      const all = told.map(({ id, ...one }) => row(id, one));
      const mixed = all
        .map((one) => ({ one, at: shuffle.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ one }) => one);
      const found = repeatedPayments(all);
      expect(new Set(repeatedPayments(mixed).map(({ row: { id } }) => id))).toEqual(
        new Set(found.map(({ row: { id } }) => id)),
      );
      const money = sum(all.map((one) => one.inHundredths));
      const once = money - sum(found.map(({ leftHundredths }) => leftHundredths));
      const firsts = [
        ...Map.groupBy(all, ({ id, gateway, transactionId }) =>
          transactionId === '' ? String(id) : `${gateway} ${transactionId}`,
        ).values(),
      ].map((group) => group.toSorted((a, b) => a.id - b.id)[0]?.inHundredths ?? 0n);
      expect(once).toBe(sum(firsts));
    }),
  );
});

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, one) => total + one, 0n);
}
