import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { CsvRow, CsvTable } from './define-api-endpoint.ts';

/**
 * What spreadsheets take for the beginning of a formula, also behind blanks, and in East Asian locales also in its full-width
 * form. Amounts are no texts and keep their sign.
 */
const FORMULA = /^\s*[=+\-@|%＝＋－＠]|^[\t\r\n]/;
const AMOUNT = /^-?\d+\.\d{2}$/;

/** Writes a cell. A text that a spreadsheet would calculate starts with an apostrophe, so it is shown as text. */
export function safeCell(value: string | number | null): string {
  if (value === null) return '';
  const text = String(value);
  return FORMULA.test(text) && !AMOUNT.test(text) ? `'${text}` : text;
}

export interface CsvOptions {
  /** Whether to end the stream. */
  readonly end?: boolean;
  /** Starts with a byte order mark: without it, Excel does not read a double-clicked file as UTF-8. */
  readonly bom?: boolean;
  /** Called after each part with the number of rows so far. */
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
    yield header(columns, bom);
    for await (const page of rows) {
      if (page.length === 0) continue;
      yield lines(columns, page);
      count += page.length;
      onRows?.(count);
    }
  };
  await pipeline(pieces, to, { end });
  return count;
}

/** A short table as the text of a file, to be opened by a double click. */
export function csvText(columns: CsvTable['columns'], rows: readonly CsvRow[]): string {
  return header(columns, true) + lines(columns, rows);
}

function header(columns: CsvTable['columns'], bom: boolean): string {
  return stringify([], { columns: [...columns], header: true, bom, record_delimiter: 'windows' });
}

function lines(columns: CsvTable['columns'], rows: readonly CsvRow[]): string {
  return stringify(
    rows.map((row) => columns.map((column) => safeCell(row[column] ?? null))),
    // The library quotes a cell only for its own whole line end.
    { record_delimiter: 'windows', quoted_match: /[\r\n]/ },
  );
}
