import { MoneyError } from './money-error.ts';

/**
 * Whether a part of a unit becomes a whole one. `part` of `unit` lies above the whole number `below`: above nothing, less than
 * one unit.
 */
type RoundsUp = (part: bigint, unit: bigint, below: bigint) => boolean;

/** Every way to round; a new one is one line here. */
const ways = {
  /** Never more than the exact figure. */
  down: () => false,
  /** Never less. */
  up: () => true,
  /** The nearest, and the even one when both are as near. */
  'half-even': (part, unit, below) => 2n * part > unit || (2n * part === unit && below % 2n !== 0n),
} as const satisfies Readonly<Record<string, RoundsUp>>;

/** How a part of a unit is rounded; always named. */
export type Rounding = keyof typeof ways;

export const roundings = Object.keys(ways) as readonly Rounding[];

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
  const roundsUp: RoundsUp = ways[rounding];
  return roundsUp(numerator - below * denominator, denominator, below) ? below + 1n : below;
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
