import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import { readDate } from '../whmcs/index.ts';

/** Rows of tblcredit looked through for one client's: what happened within days, in a busy installation. */
const LOG_ROWS_MAX = 50_000;
/** Rows of one client shown of them. */
const MOVEMENTS_MAX = 50;

export interface Movements {
  readonly rows: readonly {
    readonly id: number;
    readonly on: string | null;
    readonly amountHundredths: bigint;
    readonly description: string;
  }[];
  /** There were more rows behind that one than were looked at. */
  readonly more: boolean;
}

/**
 * Rows of WHMCS's credit log of this client behind a row. Looks at a limited number of rows, since `tblcredit` has no index on
 * the client (whmcs.md §5).
 */
export async function movementsSince(
  db: Db,
  clientId: number,
  creditLogId: number,
): Promise<Movements> {
  const { rows } = await sql<{
    readonly id: number;
    readonly date: string;
    readonly amount: string;
    readonly description: string;
  }>`
    SELECT l.id, l.date, l.amount, l.description FROM tblcredit l
    WHERE l.id > ${creditLogId} AND l.id <= ${creditLogId + LOG_ROWS_MAX} AND l.clientid = ${clientId}
    ORDER BY l.id LIMIT ${sql.lit(MOVEMENTS_MAX + 1)}`.execute(db);
  const newest = await db
    .selectFrom('tblcredit')
    .select(({ fn }) => fn.max('id').as('id'))
    .executeTakeFirst();
  return {
    rows: rows.slice(0, MOVEMENTS_MAX).map((row) => ({
      id: row.id,
      on: readDate(row.date),
      amountHundredths: parseAmount(row.amount),
      description: row.description,
    })),
    more: rows.length > MOVEMENTS_MAX || (newest?.id ?? 0) > creditLogId + LOG_ROWS_MAX,
  };
}
