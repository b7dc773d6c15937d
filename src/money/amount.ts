import { MoneyError } from './money-error.ts';

/** DECIMAL(16,2), as in WHMCS's columns; old installs and sums add a sign, no point, or a single decimal. */
const AMOUNT = /^-?\d{1,14}(?:\.\d{1,2})?$/;
/** Up to this length the digits fit into a safe integer, which is faster than a bigint. */
const SAFE_LENGTH = 15;

/**
 * Reads a decimal string as hundredths: `'10.00'` is 1000n.
 *
 * @throws {MoneyError} `amount-unreadable`
 */
export function parseAmount(text: string): bigint {
  if (!AMOUNT.test(text)) {
    throw new MoneyError('amount-unreadable', `"${text}" is not an amount like "10.00".`);
  }
  const point = text.indexOf('.');
  const digits =
    point < 0
      ? `${text}00`
      : text.length - point === 3
        ? text.slice(0, point) + text.slice(point + 1)
        : `${text.slice(0, point)}${text.slice(point + 1)}0`;
  return digits.length <= SAFE_LENGTH ? BigInt(Number(digits)) : BigInt(digits);
}

/** Writes hundredths as a decimal string, always with two decimals: 1000n is `'10.00'`. */
export function formatAmount(hundredths: bigint): string {
  const negative = hundredths < 0n;
  const digits = String(negative ? -hundredths : hundredths).padStart(3, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
