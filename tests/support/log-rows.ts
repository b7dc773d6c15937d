import type { ResultSetHeader } from 'mysql2';
import type { Connection, Pool } from 'mysql2/promise';

type Where = Pick<Pool | Connection, 'query'>;

export interface NewLogRow {
  readonly client: number;
  readonly amount: string;
  readonly description?: string;
  readonly date?: string;
  readonly id?: number;
}

/** A row of the credit log as WHMCS writes it, with the client's balance (whmcs.md §2.1). */
export async function moveCredit(where: Where, row: NewLogRow): Promise<number> {
  await where.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
    row.amount,
    row.client,
  ]);
  return logCredit(where, row);
}

/** The row alone: the balance is somebody else's. */
export async function logCredit(
  where: Where,
  { client, amount, description = 'By hand', date = '2026-11-22', id }: NewLogRow,
): Promise<number> {
  const [result] = await where.query<ResultSetHeader>(
    'INSERT INTO tblcredit (id, clientid, admin_id, date, description, amount, relid) VALUES (?, ?, 1, ?, ?, ?, 0)',
    [id ?? null, client, date, description, amount],
  );
  return result.insertId;
}
