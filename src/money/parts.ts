import { allocate as allocateDinero, dinero, toSnapshot } from 'dinero.js/bigint';
import { MoneyError } from './money-error.ts';
import { divide, type Rounding } from './rounding.ts';

const DECIMAL = /^\d{1,9}(?:\.\d{1,9})?$/;

/** Hundredths of no particular currency, for dinero.js, which divides amounts into shares. */
const HUNDREDTHS = { code: 'XXX', base: 10n, exponent: 2n } as const;

/**
 * Returns a percentage of an amount; `percent` is a decimal string such as `'12.5'`.
 *
 * @throws {MoneyError} `decimal-unreadable`
 */
export function percentageOf(hundredths: bigint, percent: string, rounding: Rounding): bigint {
  const { digits, scale } = readDecimal(percent);
  return divide(hundredths * digits, 100n * scale, rounding);
}

/**
 * Converts an amount to another currency. Rates are decimal strings relative to the default currency, as in
 * `tblcurrencies.rate` (whmcs.md §2.9).
 *
 * @throws {MoneyError} `decimal-unreadable`, `divided-by-nothing` when the first rate is zero
 */
export function convert(
  hundredths: bigint,
  rateFrom: string,
  rateTo: string,
  rounding: Rounding,
): bigint {
  const from = readDecimal(rateFrom);
  const to = readDecimal(rateTo);
  return divide(hundredths * to.digits * from.scale, from.digits * to.scale, rounding);
}

/**
 * Returns the part's share of an amount that covers the whole.
 *
 * @throws {MoneyError} `divided-by-nothing` when the whole is zero
 */
export function share(hundredths: bigint, part: bigint, whole: bigint, rounding: Rounding): bigint {
  return divide(hundredths * part, whole, rounding);
}

/**
 * Divides an amount in proportion to `parts`. The shares add up to the amount: what rounding leaves over goes, a hundredth
 * each, to the first parts above zero.
 *
 * @throws {MoneyError} `parts-invalid` when a part is negative or all are zero
 */
export function allocate(hundredths: bigint, parts: readonly bigint[]): readonly bigint[] {
  if (parts.some((part) => part < 0n) || !parts.some((part) => part > 0n)) {
    throw new MoneyError(
      'parts-invalid',
      `An amount cannot be divided in proportion to ${parts.join(', ')}.`,
    );
  }
  return allocateDinero(dinero({ amount: hundredths, currency: HUNDREDTHS }), parts).map(
    (one) => toSnapshot(one).amount,
  );
}

function readDecimal(text: string): { readonly digits: bigint; readonly scale: bigint } {
  if (!DECIMAL.test(text)) {
    throw new MoneyError('decimal-unreadable', `"${text}" is not a decimal like "1.25".`);
  }
  const [whole = '', decimals = ''] = text.split('.');
  return { digits: BigInt(whole + decimals), scale: 10n ** BigInt(decimals.length) };
}
