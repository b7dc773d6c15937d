import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { CsvTable } from './define-api-endpoint.ts';

/**
 * What spreadsheets take for the beginning of a formula, also behind blanks, and in East Asian locales also in its full-width
 * form. Amounts are no texts and keep their sign.
 */
const FORMULA = /^\s*[=+\-@|%＝＋－＠]|^[\t\r\n]/;
const AMOUNT = /^-?\d+\.\d{2}$/;

/** A cell as it is written: a text that a spreadsheet would calculate gets an apostrophe, which shows it as text. */
export function safeCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return FORMULA.test(text) && !AMOUNT.test(text) ? `'${text}` : text;
}

export interface CsvOptions {
  /** Whether to end what was written to. */
  readonly end?: boolean;
  /** Begins with a byte order mark: Excel takes a file that is opened by a double click for UTF-8 only by that. */
  readonly bom?: boolean;
  /** Told after each page how many rows there were so far. */
  readonly onRows?: (rows: number) => void;
}

/**
 * Writes pages of rows as RFC 4180 CSV, no faster than they are taken; each page is one piece, since a write for each row
 * costs more than the rows. The header is there also when there are no rows.
 */
export async function writeCsv(
  { columns, rows }: CsvTable,
  to: Writable,
  { end = true, bom = false, onRows }: CsvOptions = {},
): Promise<number> {
  let count = 0;
  const pieces = async function* () {
    yield stringify([], { columns: [...columns], header: true, bom, record_delimiter: 'windows' });
    for await (const page of rows) {
      if (page.length === 0) continue;
      yield stringify(
        page.map((row) => columns.map((column) => safeCell(row[column] ?? null))),
        // By itself it quotes only the whole of its own line end.
        { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
      );
      count += page.length;
      onRows?.(count);
    }
  };
  await pipeline(pieces, to, { end });
  return count;
}
