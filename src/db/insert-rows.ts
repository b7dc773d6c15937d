import { CompiledQuery, type Transaction } from 'kysely';
import type { Database } from './tables.ts';

/** Rows in one statement: large enough that round trips don't count, far below `max_allowed_packet`. */
const ROWS_MAX = 500;

export interface InsertOptions {
  /** Leave out rows whose key is there already. */
  readonly ignore?: boolean;
  /** The update of `ON DUPLICATE KEY UPDATE`. */
  readonly onDuplicate?: string;
}

/**
 * Inserts many rows with few statements. Written for the inner loop of pages: the SQL is put together once for each
 * statement instead of once for each value.
 *
 * @returns the affected rows as the server counts them: with `ignore`, those that were inserted.
 */
export async function insertRows<T extends keyof Database & string>(
  trx: Transaction<Database>,
  table: T,
  columns: readonly (keyof Database[T] & string)[],
  rows: readonly (readonly unknown[])[],
  { ignore = false, onDuplicate }: InsertOptions = {},
): Promise<number> {
  const names = columns.map((column) => `\`${column}\``).join(', ');
  const head = `INSERT ${ignore ? 'IGNORE ' : ''}INTO ${table} (${names}) VALUES `;
  const tail = onDuplicate === undefined ? '' : ` ON DUPLICATE KEY UPDATE ${onDuplicate}`;
  const group = `(${columns.map(() => '?').join(', ')})`;
  let affected = 0n;
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const part = rows.slice(from, from + ROWS_MAX);
    const sql = head + part.map(() => group).join(', ') + tail;
    const result = await trx.executeQuery(CompiledQuery.raw(sql, part.flat()));
    affected += result.numAffectedRows ?? 0n;
  }
  return Number(affected);
}
