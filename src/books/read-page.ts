import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { ReadCursor, ReadListing } from '../ledger/index.ts';

/** The epoch that the tail is in, as part of a statement. */
export const currentEpoch = sql<number>`(SELECT epoch FROM mod_creditbridge_tail WHERE id = 1)`;

/**
 * Whether an entry `e` or a grant `g` is of the current epoch, for lists in the order of their key. By an expression, or MySQL reads
 * the whole epoch by an index that begins with it, and sorts it for each part of the list.
 */
export function isOfCurrentEpoch(row: 'e' | 'g'): RawBuilder<SqlBool> {
  return sql<SqlBool>`${sql.ref(`${row}.epoch`)} + 0 = ${currentEpoch}`;
}

/** Rows that one page looks through for what no index finds: a page costs the same in a large ledger as in a small one. */
export const ROWS_LOOKED_THROUGH = 5_000;

/** Above every sequence there will be: where a list begins. */
const NEWEST = 9_223_372_036_854_775_807n;

/** Where a list goes on, out of an address; its beginning for anything that is no cursor of ours. */
export function readSequence(cursor: ReadCursor): bigint {
  return cursor !== undefined && /^\d{1,18}$/.test(cursor) ? BigInt(cursor) : NEWEST;
}

/** A page out of one row more than it shows. */
export function toPage<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => bigint,
): ReadListing<Row> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    next: rows.length > limit && last !== undefined ? String(keyOf(last)) : undefined,
  };
}
