import { MoneyError } from './money-error.ts';

/**
 * Whether a fraction rounds up to the next whole number. The fraction is `part` / `unit`, more than zero and less than one;
 * `below` is the whole number below it.
 */
type RoundsUp = (part: bigint, unit: bigint, below: bigint) => boolean;

/** Every way to round; a new one is one line here. */
const ways = {
  /** Never more than the exact figure. */
  down: () => false,
  /** Never less. */
  up: () => true,
  /** To the nearest, and to the even one when both are equally near. */
  'half-even': (part, unit, below) => 2n * part > unit || (2n * part === unit && below % 2n !== 0n),
} as const satisfies Readonly<Record<string, RoundsUp>>;

/** How a fraction is rounded; callers always name it. */
export type Rounding = keyof typeof ways;

export const roundings = Object.keys(ways) as readonly Rounding[];

/**
 * Returns the rounded quotient. The inner loop of all functions that divide money.
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
  const roundsUp: RoundsUp = ways[rounding];
  return roundsUp(numerator - below * denominator, denominator, below) ? below + 1n : below;
}

/**
 * Rounds hundredths to the currency's decimals: with 0 decimals (JPY) 10050n down is 10000n; with 2 or more nothing
 * changes, since WHMCS stores no more than hundredths (whmcs.md §2.9).
 */
export function roundToCurrency(hundredths: bigint, decimals: number, rounding: Rounding): bigint {
  if (decimals >= 2) return hundredths;
  const unit = decimals === 1 ? 10n : 100n;
  return hundredths % unit === 0n ? hundredths : divide(hundredths, unit, rounding) * unit;
}
