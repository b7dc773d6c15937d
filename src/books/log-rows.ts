import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { type DraftAct, type Explained, type LogRow, plainTerms } from '../ledger/index.ts';
import { parseAmount } from '../money/index.ts';
import { readDate } from '../whmcs/index.ts';

/** A row of the log with its client's currency (0 when the client is gone) and a checksum of what it says. */
export interface LoggedRow extends LogRow {
  readonly currencyId: number;
  readonly sha256: Buffer;
}

/** Explains what each row was, by row id; a row that it leaves out is unexplained. */
export type ExplainRows = (
  trx: Transaction<Database>,
  rows: readonly LogRow[],
) => Promise<ReadonlyMap<number, Explained>>;

/**
 * A checksum of what a row says. Only the database computes it, so there is one way to do so. The text is converted,
 * because installations differ in their character set.
 */
export const ROW_SHA256 = sql`UNHEX(SHA2(CONCAT_WS('|', c.clientid, CAST(c.amount AS CHAR), CAST(c.date AS CHAR), c.admin_id,
  c.relid, CONVERT(c.description USING utf8mb4)), 256))`;

/** The columns of {@link LoggedRow}, of `tblcredit c LEFT JOIN tblclients t` (whmcs.md §2.1). */
export const LOGGED_COLUMNS = sql`c.id, c.clientid AS clientId, c.admin_id AS adminId, CAST(c.date AS CHAR) AS date,
  c.description, CAST(c.amount AS CHAR) AS amount, c.relid, COALESCE(t.currency, 0) AS currencyId, ${ROW_SHA256} AS sha256`;

/** What {@link LOGGED_COLUMNS} gives. */
export interface LoggedColumns {
  readonly id: number;
  readonly clientId: number;
  readonly adminId: number;
  readonly date: string | null;
  readonly description: string;
  readonly amount: string;
  readonly relid: number;
  readonly currencyId: bigint | number;
  readonly sha256: Buffer;
}

export function toLoggedRow(row: LoggedColumns): LoggedRow {
  const { id, clientId, adminId, date, description, amount, relid, currencyId, sha256 } = row;
  return {
    id,
    clientId,
    adminId,
    description,
    relid,
    sha256,
    on: readDate(date),
    amountHundredths: parseAmount(amount),
    currencyId: Number(currencyId),
  };
}

/** Whether a row moves credit. One of amount zero, or without a client (id 0 and below), needs no entry. */
export const MOVES_CREDIT = sql`(c.amount <> 0 AND c.clientid > 0)`;

/** {@link MOVES_CREDIT} of a row that was read. */
export function movesCredit({ amountHundredths, clientId }: LogRow): boolean {
  return amountHundredths !== 0n && clientId > 0;
}

/** Reads rows of the log in the order of their id. The condition must use the primary key, the only index (whmcs.md §5). */
export async function readLog(
  trx: Transaction<Database>,
  condition: RawBuilder<unknown>,
  limit: number,
): Promise<readonly LoggedRow[]> {
  const { rows } = await sql<LoggedColumns>`
    SELECT ${LOGGED_COLUMNS} FROM tblcredit c LEFT JOIN tblclients t ON t.id = c.clientid
    WHERE ${condition} ORDER BY c.id LIMIT ${sql.lit(limit)}`.execute(trx);
  return rows.map(toLoggedRow);
}

/** How an unexplained row is posted: incoming credit becomes a grant of kind `unexplained`, outgoing credit draws in the usual order. */
export function unexplained({ amountHundredths, adminId }: LogRow): Explained {
  const came = amountHundredths > 0n;
  return {
    kind: 'unknown',
    invoiceId: null,
    commandId: null,
    evidence: 'none',
    reason: '',
    adminId: adminId === 0 ? null : adminId,
    act: came ? UNEXPLAINED_GRANT : { do: 'spend', grants: [] },
  };
}

const UNEXPLAINED_GRANT: DraftAct = {
  do: 'grant',
  ...plainTerms('unexplained'),
  fundsUnfunded: false,
};
