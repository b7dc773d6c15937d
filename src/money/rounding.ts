import { MoneyError } from './money-error.ts';

/**
 * How a part of a unit is rounded; always named. `down` never gives more than the exact figure, `up` never less,
 * `half-even` is the nearest, and the even one when both are as near.
 */
export type Rounding = 'down' | 'up' | 'half-even';

/**
 * The quotient, rounded. The inner loop of everything below.
 *
 * @throws {MoneyError} `divided-by-nothing`
 */
export function divide(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  if (denominator <= 0n) {
    throw new MoneyError('divided-by-nothing', `${numerator} can't be divided by ${denominator}.`);
  }
  const towardsZero = numerator / denominator;
  const rest = numerator - towardsZero * denominator;
  if (rest === 0n) return towardsZero;
  const below = rest < 0n ? towardsZero - 1n : towardsZero;
  switch (rounding) {
    case 'down':
      return below;
    case 'up':
      return below + 1n;
    case 'half-even': {
      const twice = 2n * (numerator - below * denominator);
      if (twice === denominator) return below % 2n === 0n ? below : below + 1n;
      return twice < denominator ? below : below + 1n;
    }
  }
}

/**
 * Rounds hundredths to what the currency has: with 0 decimals (JPY) 10050n down is 10000n; with 2 or more nothing
 * changes, since WHMCS stores no more than hundredths (whmcs.md §2.9).
 */
export function roundToCurrency(hundredths: bigint, decimals: number, rounding: Rounding): bigint {
  if (decimals >= 2) return hundredths;
  const unit = decimals === 1 ? 10n : 100n;
  return hundredths % unit === 0n ? hundredths : divide(hundredths, unit, rounding) * unit;
}
