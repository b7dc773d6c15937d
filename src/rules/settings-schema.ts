import { z } from 'zod';
import { parseAmount } from '../money/index.ts';
import type { Currency } from './facts.ts';

/**
 * Building blocks for a rule's settings. The admin page makes the field for each from its `control`. Give defaults with
 * `.prefault(…)`, in stored form, so that the page can show them.
 */

/** By `tblcurrencies.id`; a missing currency has no amount. */
export type AmountPerCurrency = Readonly<Record<number, bigint>>;

const AMOUNT = /^\d{1,12}(\.\d{1,2})?$/;
const CURRENCY_ID = /^[1-9]\d{0,9}$/;
/** More than any installation has. */
const CURRENCIES_MAX = 200;
const GATEWAYS_MAX = 50;
const GATEWAY_MAX = 100;

/** An amount for each currency, stored as `{ "1": "10.00" }` by `tblcurrencies.id`; never negative. */
export function amountPerCurrency() {
  return z
    .record(
      z.string().regex(CURRENCY_ID, { error: 'A currency is named by its id.' }),
      z.string().regex(AMOUNT, { error: 'An amount looks like 10.00 and is not negative.' }),
    )
    .refine((amounts) => Object.keys(amounts).length <= CURRENCIES_MAX, {
      error: `At most ${CURRENCIES_MAX} currencies.`,
    })
    .transform((amounts): AmountPerCurrency => {
      const read: Record<number, bigint> = {};
      for (const [id, amount] of Object.entries(amounts)) read[Number(id)] = parseAmount(amount);
      return read;
    })
    .meta({ control: 'amount-per-currency' });
}

/** A percentage as a decimal string, `"12.5"`, above zero and at most 1000. */
export function percent() {
  return z
    .string()
    .regex(/^\d{1,4}(\.\d{1,4})?$/, { error: 'A percentage looks like 12.5.' })
    .refine((text) => Number(text) > 0 && Number(text) <= 1000, {
      error: 'A percentage is above 0 and at most 1000.',
    })
    .meta({ control: 'percent' });
}

/** A whole number of days. */
export function days(range: { readonly min: number; readonly max: number }) {
  return z.int().min(range.min).max(range.max).meta({ control: 'days' });
}

/** A day of WHMCS's calendar, `2026-12-01`. */
export function calendarDay() {
  return z.iso.date({ error: 'A day looks like 2026-12-01.' });
}

/** WHMCS's own names of payment gateways, such as `banktransfer`. */
export function gatewayNames() {
  return z.array(z.string().min(1).max(GATEWAY_MAX)).max(GATEWAYS_MAX).default([]);
}

/** Returns the amount for the client's currency; null when none is set, and then the setting does not apply. */
export function amountFor(
  setting: AmountPerCurrency | undefined,
  currency: Pick<Currency, 'id'>,
): bigint | null {
  return setting?.[currency.id] ?? null;
}
