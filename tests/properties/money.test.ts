import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allocate,
  convert,
  divide,
  formatAmount,
  parseAmount,
  percentageOf,
  type Rounding,
  roundToCurrency,
} from '../../src/money/index.ts';

const LARGEST = 9_999_999_999_999_999n;
const amount = fc.bigInt({ min: -LARGEST, max: LARGEST });
const positive = fc.bigInt({ min: 0n, max: LARGEST });
const rounding = fc.constantFrom<Rounding>('down', 'up', 'half-even');
const decimals = fc.constantFrom(0, 1, 2, 3);

describe('the laws of money', () => {
  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(amount, (hundredths) => parseAmount(formatAmount(hundredths)) === hundredths),
    );
  });

  it('rounds down to never more, up to never less, and by less than a unit', () => {
    fc.assert(
      fc.property(amount, decimals, rounding, (hundredths, digits, how) => {
        const unit = digits >= 2 ? 1n : digits === 1 ? 10n : 100n;
        const rounded = roundToCurrency(hundredths, digits, how);
        const off = rounded - hundredths;
        expect(rounded % unit).toBe(0n);
        expect(off < unit && off > -unit).toBe(true);
        if (how === 'down') expect(off <= 0n).toBe(true);
        if (how === 'up') expect(off >= 0n).toBe(true);
        if (how === 'half-even') expect(2n * (off < 0n ? -off : off) <= unit).toBe(true);
      }),
    );
  });

  it('rounds twice as it rounds once', () => {
    fc.assert(
      fc.property(amount, decimals, rounding, (hundredths, digits, how) => {
        const once = roundToCurrency(hundredths, digits, how);
        expect(roundToCurrency(once, digits, how)).toBe(once);
      }),
    );
  });

  it('keeps down, nearest and up in this order, at most one apart', () => {
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 1n, max: 10_000n }), (numerator, denominator) => {
        const down = divide(numerator, denominator, 'down');
        const nearest = divide(numerator, denominator, 'half-even');
        const up = divide(numerator, denominator, 'up');
        expect(down <= nearest && nearest <= up && up - down <= 1n).toBe(true);
      }),
    );
  });

  it('shares out exactly the amount, to each by its part and a hundredth at most off', () => {
    const parts = fc
      .array(fc.bigInt({ min: 0n, max: 1_000_000n }), { minLength: 1, maxLength: 20 })
      .filter((all) => all.some((part) => part > 0n));
    fc.assert(
      fc.property(positive, parts, (hundredths, all) => {
        const shares = allocate(hundredths, all);
        const whole = all.reduce((sum, part) => sum + part, 0n);
        expect(shares.reduce((sum, one) => sum + one, 0n)).toBe(hundredths);
        for (const [index, one] of shares.entries()) {
          const exact = divide(hundredths * (all[index] ?? 0n), whole, 'down');
          expect(one - exact === 0n || one - exact === 1n).toBe(true);
          if (all[index] === 0n) expect(one).toBe(0n);
        }
      }),
    );
  });

  it('takes all of an amount as its hundred percent and never more than that for less', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 100 }), (hundredths, percent) => {
        expect(percentageOf(hundredths, '100', 'down')).toBe(hundredths);
        expect(percentageOf(hundredths, String(percent), 'down') <= hundredths).toBe(true);
      }),
    );
  });

  it('converts there and back to no more than there was', () => {
    const rate = fc
      .integer({ min: 1, max: 9_999_999 })
      .map((digits) => (digits / 100_000).toFixed(5));
    fc.assert(
      fc.property(positive, rate, rate, (hundredths, from, to) => {
        const there = convert(hundredths, from, to, 'down');
        expect(convert(there, to, from, 'down') <= hundredths).toBe(true);
      }),
    );
  });
});
