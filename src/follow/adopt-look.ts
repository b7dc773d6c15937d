import { type RawBuilder, sql, type Transaction } from 'kysely';
import { lockTail } from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { WINDOW_IDS } from './mirror-log.ts';
import { writeOpenings } from './write-openings.ts';

/** Clients looked at again at once; more follow in the order of their id. */
const BATCH_CLIENTS = 5000;

/** The balance that a client's account should open with, as one look found it. */
export interface OpeningSight {
  readonly clientId: number;
  readonly currencyId: number;
  /** The balance now, less what the log got since the snapshot. */
  readonly hundredths: bigint;
}

/**
 * Finds clients whose account is not open yet and whose balance, less what the log got since the snapshot, is not the one
 * the snapshot found: a batch of those above `after` in the order of their id, or those among `of`. One statement, so balance
 * and log are of one moment. Clients whose currency changed are left to the tail, which carries their credit over.
 */
export async function differingOpenings(
  db: Db,
  which: { readonly after: number } | { readonly of: readonly number[] },
): Promise<readonly OpeningSight[]> {
  const clients = 'of' in which ? sql`c.id IN (${sql.join(which.of)})` : sql`c.id > ${which.after}`;
  const { rows } = await sql<OpeningSight>`
    SELECT c.id AS clientId, c.currency AS currencyId, ${SETTLED} AS hundredths
    FROM mod_creditbridge_tail t
    JOIN mod_creditbridge_epochs p ON p.epoch = t.epoch AND p.state = 'opening'
    JOIN tblclients c ON c.id > p.cursor_client_id AND ${clients}
    LEFT JOIN mod_creditbridge_accounts a
      ON a.client_id = c.id AND a.currency_id = c.currency AND a.epoch = p.epoch
    LEFT JOIN (${movedSince}) AS m ON m.clientid = c.id
    WHERE t.id = 1 AND ${SETTLED} <> COALESCE(a.opening_hundredths, 0)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_accounts o
        WHERE o.client_id = c.id AND o.currency_id <> c.currency AND o.epoch = p.epoch)
    ORDER BY c.id LIMIT ${sql.lit(BATCH_CLIENTS)}`.execute(db);
  return rows;
}

const SETTLED: RawBuilder<bigint> = sql`CAST(c.credit * 100 AS SIGNED) - COALESCE(m.hundredths, 0)`;

/** What rows moved that are not history: rows younger than the snapshot, or late ones in the window that the tail reads. */
const movedSince = sql`
  SELECT r.clientid, CAST(SUM(r.amount) * 100 AS SIGNED) AS hundredths
  FROM mod_creditbridge_tail s JOIN tblcredit r ON r.id > GREATEST(s.cursor_log_id, ${sql.lit(WINDOW_IDS)}) - ${sql.lit(WINDOW_IDS)}
  WHERE s.id = 1 AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries e
    WHERE e.epoch = s.epoch AND e.log_id = r.id)
  GROUP BY r.clientid`;

/** Has accounts open with these balances instead of the snapshot's. */
export async function correctOpenings(
  db: Db,
  fence: bigint,
  sights: readonly OpeningSight[],
): Promise<void> {
  if (sights.length === 0) return;
  await inTransaction(db, async (trx: Transaction<Database>) => {
    const { epoch } = await lockTail(trx, fence);
    await writeOpenings(trx, epoch, sights);
  });
}
