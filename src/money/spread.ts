import { MoneyError } from './money-error.ts';
import { divide } from './rounding.ts';

/**
 * Divides an amount in proportion to weights, some of which may be negative, as a discount is. The shares add up to the amount, by
 * the largest remainder: each share is rounded down to whole units, and the units left over go, one each, to the shares that
 * lost most; of equals, to the first.
 *
 * @param unitHundredths the smallest share: 100 for a currency without cents. An amount that is not whole in it is divided in
 *   hundredths.
 * @throws {MoneyError} `parts-invalid` when the weights add up to zero
 */
export function spread(
  hundredths: bigint,
  weights: readonly bigint[],
  unitHundredths = 1n,
): readonly bigint[] {
  const sum = weights.reduce((all, one) => all + one, 0n);
  if (sum === 0n) {
    throw new MoneyError(
      'parts-invalid',
      `An amount cannot be divided in proportion to ${weights.join(', ')}: they add up to zero.`,
    );
  }
  const unit = hundredths % unitHundredths === 0n ? unitHundredths : 1n;
  const units = hundredths / unit;
  const [whole, sign] = sum > 0n ? [sum, 1n] : [-sum, -1n];
  const exact = weights.map((weight) => units * weight * sign);
  const shares = exact.map((one) => divide(one, whole, 'down'));
  const lost = exact.map((one, index) => one - (shares[index] ?? 0n) * whole);
  const left = units - shares.reduce((all, one) => all + one, 0n);
  const mostLost = lost
    .map((part, index) => ({ part, index }))
    .toSorted((a, b) => (a.part === b.part ? a.index - b.index : a.part < b.part ? 1 : -1))
    .slice(0, Number(left));
  const gets = new Set(mostLost.map(({ index }) => index));
  return shares.map((one, index) => (one + (gets.has(index) ? 1n : 0n)) * unit);
}
