import { z } from 'zod';

/**
 * An amount is a bigint of hundredths in memory, because WHMCS stores every currency with two decimals
 * (whmcs.md §2.9), and a decimal string on the wire. It is never a float.
 */

/** The largest amount a DECIMAL(16,2) column holds, 99999999999999.99, in hundredths. */
export const AMOUNT_MAX_HUNDREDTHS = 9_999_999_999_999_999n;

/** An amount that no WHMCS column can hold. */
export class AmountError extends Error {
  override readonly name = 'AmountError';
  readonly code = 'amount-out-of-range';

  constructor(hundredths: bigint) {
    super(`${hundredths} hundredths do not fit into a DECIMAL(16,2) column.`);
  }
}

const WIRE = /^(-?)(0|[1-9][0-9]{0,13})(?:\.([0-9]{1,2}))?$/;
/** Also accepts leading zeros and zeros after the hundredths, which SQL sums and PHP write. */
const WHMCS = /^(-?)0*([0-9]{1,14})(?:\.([0-9]{1,2})0*)?$/;

/** Reads an amount from the wire: `10`, `10.5` or `-10.50`. Returns undefined for anything else. */
export function parseAmount(text: string): bigint | undefined {
  return toHundredths(WIRE.exec(text));
}

/**
 * Writes hundredths for the wire, always with two decimals.
 *
 * @throws {AmountError} when no WHMCS column could hold the amount.
 */
export function formatAmount(hundredths: bigint): string {
  const size = hundredths < 0n ? -hundredths : hundredths;
  if (size > AMOUNT_MAX_HUNDREDTHS) throw new AmountError(hundredths);
  const decimals = String(size % 100n).padStart(2, '0');
  return `${hundredths < 0n ? '-' : ''}${size / 100n}.${decimals}`;
}

/**
 * Reads an amount as WHMCS gives it: a column's text, a number that PHP wrote as text, or a whole number
 * (whmcs.md §3.1). Returns undefined for money formatted for people (`1,000.00`, `10.00 EUR`), for a third
 * decimal other than zero and for JSON numbers with decimals: no answer is better than a guess.
 */
export function readWhmcsAmount(value: string | number): bigint | undefined {
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? toHundredths(WHMCS.exec(String(value))) : undefined;
  }
  return toHundredths(WHMCS.exec(value));
}

/** An amount on the wire, parsed to hundredths. */
export const wireAmount = z.string().transform((text, context) => {
  return parseAmount(text) ?? issue(context, 'An amount is a decimal string such as "10.00".');
});

/** An amount on the wire that stays a string, because the JSON goes on to WHMCS unchanged. */
export const amountText = z.string().refine((text) => parseAmount(text) !== undefined, {
  error: 'An amount is a decimal string such as "10.00".',
});

/** Like `amountText`, and greater than zero. */
export const positiveAmountText = z.string().refine((text) => (parseAmount(text) ?? 0n) > 0n, {
  error: 'This amount is a decimal string greater than zero.',
});

/** An amount as WHMCS writes it, parsed to hundredths. */
export const whmcsAmount = z.union([z.string(), z.number()]).transform((value, context) => {
  return readWhmcsAmount(value) ?? issue(context, 'This is not an amount as WHMCS writes it.');
});

function toHundredths(match: RegExpExecArray | null): bigint | undefined {
  if (match === null) return undefined;
  const [, sign = '', whole = '0', decimals = ''] = match;
  const size = BigInt(whole) * 100n + BigInt(decimals.padEnd(2, '0'));
  return sign === '-' ? -size : size;
}

function issue(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}
