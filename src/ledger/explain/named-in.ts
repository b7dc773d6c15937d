import type { LogRow } from '../entry.ts';

/** An invoice's number as WHMCS stores it has at most ten digits. */
const NUMBER = /(?<!\d)\d{1,10}(?!\d)/g;
/** A long text could name any number of invoices; WHMCS's own texts name one or two. */
const NUMBERS_MAX = 8;
const MARKER = /\[cb:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]/;
/** The largest id that a column of ours holds; WHMCS's own is no wider (whmcs.md §5). */
export const INVOICE_ID_MAX = 4_294_967_295;

/**
 * Reads the numbers in a description of any language, in order. A number alone means nothing: only the database shows
 * whether it is an invoice of this client.
 */
function numbersIn(description: string): readonly number[] {
  const found = withoutMarker(description).matchAll(NUMBER);
  const numbers = [...found].slice(0, NUMBERS_MAX).map(([digits]) => Number(digits));
  return [...new Set(numbers)].filter((id) => id > 0 && id <= INVOICE_ID_MAX);
}

/** Reads the command id from the marker ` [cb:<id>]`. Anybody can write a marker, so it proves nothing by itself. */
export function markerIn(description: string): string | undefined {
  return MARKER.exec(description)?.[1];
}

/** Returns a description without our marker. */
export function withoutMarker(description: string): string {
  return description.replace(MARKER, '').trim();
}

/** The invoices that a row may concern: from its `relid` (whmcs.md §2.1, §8.5) or its text. */
export function idsNamedBy({
  relid,
  description,
}: Pick<LogRow, 'relid' | 'description'>): readonly number[] {
  return [...new Set([...(relid > 0 ? [relid] : []), ...numbersIn(description)])];
}
