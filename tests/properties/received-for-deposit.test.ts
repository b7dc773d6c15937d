import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DepositMoney, receivedForDeposit } from '../../src/events/index.ts';

const amount = (max = 1_000_000n) => fc.bigInt({ min: 0n, max });
const pure = (lines: bigint, money: bigint): DepositMoney => ({
  depositLinesHundredths: lines,
  grossHundredths: lines,
  moneyHundredths: money,
  containers: [],
});

test('a pure deposit brought exactly its money, and never less than nothing', () => {
  fc.assert(
    fc.property(amount(), fc.bigInt({ min: -1000n, max: 1_000_000n }), (lines, money) => {
      expect(receivedForDeposit(pure(lines, money))).toBe(money > 0n ? money : 0n);
    }),
  );
});

test('an invoice that also bought other things counts at most its AddFunds lines and at most the money', () => {
  fc.assert(
    fc.property(amount(), amount(), amount(), (lines, others, money) => {
      const mixed = { ...pure(lines, money), grossHundredths: lines + others + 1n };
      const received = receivedForDeposit(mixed);
      expect(received <= lines && received <= money).toBe(true);
    }),
  );
});

test('the deposits of one mass payment never share out more than its money', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: 1n, max: 100_000n }), { minLength: 1, maxLength: 8 }),
      amount(),
      (lines, money) => {
        const all = lines.reduce((sum, line) => sum + line, 0n);
        const shares = lines.map((line) =>
          receivedForDeposit({
            ...pure(line, 0n),
            containers: [{ lineHundredths: line, linesHundredths: all, moneyHundredths: money }],
          }),
        );
        const sum = shares.reduce((total, one) => total + one, 0n);
        expect(sum <= money && money - sum < BigInt(lines.length)).toBe(true);
      },
    ),
  );
});

test('a container without lines and money paid back bring nothing', () => {
  const container = { lineHundredths: 10n, linesHundredths: 0n, moneyHundredths: 50n };
  expect(receivedForDeposit({ ...pure(10n, 0n), containers: [container] })).toBe(0n);
  expect(receivedForDeposit(pure(10n, -5n))).toBe(0n);
});
