import { CompiledQuery, type Transaction } from 'kysely';
import { escape as escapeValue } from 'mysql2';
import type { Database } from './tables.ts';
import { textLiteral } from './text-literal.ts';

/** Rows in one statement: so many that round trips don't matter, and far below `max_allowed_packet`. */
const ROWS_MAX = 500;

export interface InsertOptions {
  /** The update of `ON DUPLICATE KEY UPDATE`. */
  readonly onDuplicate?: string;
}

/**
 * Inserts many rows with few statements. Made for the inner loop of batches: it writes values straight into the statement, in
 * half the time of filling placeholders (measured).
 */
export async function insertRows<T extends keyof Database & string>(
  trx: Transaction<Database>,
  table: T,
  columns: readonly (keyof Database[T] & string)[],
  rows: readonly (readonly unknown[])[],
  { onDuplicate }: InsertOptions = {},
): Promise<void> {
  const names = columns.map((column) => `\`${column}\``).join(', ');
  const head = `INSERT INTO ${table} (${names}) VALUES `;
  const tail = onDuplicate === undefined ? '' : ` ON DUPLICATE KEY UPDATE ${onDuplicate}`;
  const statements: string[] = [];
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const part = rows.slice(from, from + ROWS_MAX);
    statements.push(head + tuplesOf(part).join(', ') + tail);
  }
  // All at once: where statements share a packet, the caller's next statement must not come between them.
  await Promise.all(statements.map((sql) => trx.executeQuery(CompiledQuery.raw(sql))));
}

/** Many columns hold the same in row after row; such a value is written once. */
function tuplesOf(rows: readonly (readonly unknown[])[]): readonly string[] {
  let before: readonly unknown[] = [];
  let written: readonly string[] = [];
  return rows.map((row) => {
    written = row.map((value, column) => {
      const text = value === before[column] ? written[column] : undefined;
      return text ?? literal(value);
    });
    before = row;
    return `(${written.join(',')})`;
  });
}

function literal(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return textLiteral(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return String(value);
    default:
      if (value === null || Buffer.isBuffer(value)) return escapeValue(value);
      throw new TypeError(`A column can't hold a value of type ${typeof value}.`);
  }
}
