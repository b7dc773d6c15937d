import { sql } from 'kysely';
import { lockTail } from '../books/index.ts';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';

/** How far an adoption is. */
export interface AdoptionProgress {
  readonly epoch: number;
  readonly phase: 'importing' | 'opening' | 'done';
  /** Rows of the log that were imported. */
  readonly rows: number;
  /** About how many rows there are. */
  readonly ofRows: number;
  /** Accounts that this process opened. */
  readonly accounts: number;
}

/** Begins an adoption, or finds the one that was begun; `why` is `first` or `restored`. */
export async function beginAdoption(db: Db, fence: bigint, why: string): Promise<AdoptionProgress> {
  await inTransaction(db, async (trx) => {
    const { state } = await lockTail(trx, fence);
    if (state !== 'new') return;
    await sql`UPDATE mod_creditbridge_tail
      SET state = 'adopting', reason = '', epoch = epoch + 1, cursor_log_id = 0, cursor_sha256 = NULL,
        compare_log_id = 0, compared_at = NULL WHERE id = 1`.execute(trx);
    await sql`INSERT INTO mod_creditbridge_epochs (epoch, why, state, high_log_id, started_at)
      SELECT t.epoch, ${why}, 'importing', COALESCE((SELECT MAX(id) FROM tblcredit), 0), UTC_TIMESTAMP(6)
      FROM mod_creditbridge_tail t WHERE t.id = 1`.execute(trx);
  });
  return readProgress(db);
}

/** Reads how far the adoption is. What is left is estimated from ids: counting would read the whole log. */
async function readProgress(db: Db): Promise<AdoptionProgress> {
  const { rows } = await sql<{
    readonly epoch: number;
    readonly state: string;
    readonly imported: bigint;
    readonly cursor: number;
    readonly high: number;
  }>`
    SELECT p.epoch, p.state, p.rows_imported AS imported, p.cursor_log_id AS \`cursor\`, p.high_log_id AS high
    FROM mod_creditbridge_epochs p JOIN mod_creditbridge_tail t ON t.epoch = p.epoch AND t.id = 1`.execute(
    db,
  );
  const [row] = rows;
  if (row === undefined) throw new TypeError('The adoption has no epoch.');
  const { epoch, state, cursor, high } = row;
  const phase = state === 'importing' || state === 'opening' ? state : 'done';
  const imported = Number(row.imported);
  const left = phase === 'importing' ? Math.max(0, high - cursor) : 0;
  return { epoch, phase, rows: imported, ofRows: imported + left, accounts: 0 };
}
