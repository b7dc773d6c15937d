import type { LogRow } from '../entry.ts';

/** An invoice's number as WHMCS stores it has at most ten digits. */
const NUMBER = /(?<!\d)\d{1,10}(?!\d)/g;
/** A long text could name any number of invoices; WHMCS's own name one or two. */
const NUMBERS_MAX = 8;
const MARKER = /\[cb:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]/;
const INVOICE_ID_MAX = 4_294_967_295;

/**
 * Numbers that a description holds, in any language, in their order. Whether one is an invoice of this client is for the
 * database to say; the number alone means nothing.
 */
function numbersIn(description: string): readonly number[] {
  const found = withoutMarker(description).matchAll(NUMBER);
  const numbers = [...found].slice(0, NUMBERS_MAX).map(([digits]) => Number(digits));
  return [...new Set(numbers)].filter((id) => id > 0 && id <= INVOICE_ID_MAX);
}

/** The command whose marker ` [cb:<id>]` a description carries. Anybody can write one, so it proves nothing by itself. */
export function markerIn(description: string): string | undefined {
  return MARKER.exec(description)?.[1];
}

/** A description as people wrote it. */
export function withoutMarker(description: string): string {
  return description.replace(MARKER, '').trim();
}

/** The invoices a row may be about: what its `relid` (whmcs.md §2.1, §8.5) or its text names. */
export function idsNamedBy({ relid, description }: LogRow): readonly number[] {
  return [...new Set([...(relid > 0 ? [relid] : []), ...numbersIn(description)])];
}
