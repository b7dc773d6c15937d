import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { CsvRow } from './define-api-endpoint.ts';

/** What spreadsheets take for the beginning of a formula, also behind blanks. Amounts are no texts and keep their sign. */
const FORMULA = /^\s*[=+\-@|%]|^[\t\r\n]/;
const AMOUNT = /^-?\d+\.\d{2}$/;

/** A cell as it is written: a text that a spreadsheet would calculate gets an apostrophe, which shows it as text. */
export function safeCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return FORMULA.test(text) && !AMOUNT.test(text) ? `'${text}` : text;
}

/**
 * Writes pages of rows as RFC 4180 CSV, with a header, no faster than they are taken; each page is one piece, since a write
 * for each row costs more than the rows. Then ends what it wrote to unless `end` is false.
 *
 * @param onRows told after each page how many rows there were so far.
 */
export async function writeCsv(
  rows: AsyncIterable<readonly CsvRow[]>,
  to: Writable,
  { end = true, onRows }: { readonly end?: boolean; readonly onRows?: (rows: number) => void } = {},
): Promise<number> {
  let count = 0;
  const pieces = async function* () {
    for await (const page of rows) {
      if (page.length === 0) continue;
      yield stringify(page.map(safeRow), {
        header: count === 0,
        record_delimiter: 'windows',
        // By itself it quotes only the whole of its own line end.
        quoted_match: /[\r\n]/,
      });
      count += page.length;
      onRows?.(count);
    }
  };
  await pipeline(pieces, to, { end });
  return count;
}

function safeRow(row: CsvRow): Record<string, string> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, safeCell(value)]));
}
