import { type RawBuilder, sql, type Transaction } from 'kysely';
import { lockTail } from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import type { OpeningSight } from './ports.ts';
import { WINDOW_IDS } from './tail-part.ts';
import { writeOpenings } from './write-openings.ts';

/** Clients looked at again at once; more are taken in the order of their id, one page after the other. */
const PAGE_CLIENTS = 5000;

/**
 * Clients whose account is not opened yet and whose balance, less what the log got since the snapshot, is not the balance that
 * the snapshot found. One statement, so that balance and log are of one moment. A client whose currency changed is left to
 * the tail, which carries credit from one account to the other.
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
    ORDER BY c.id LIMIT ${sql.lit(PAGE_CLIENTS)}`.execute(db);
  return rows;
}

const SETTLED: RawBuilder<bigint> = sql`CAST(c.credit * 100 AS SIGNED) - COALESCE(m.hundredths, 0)`;

/** What rows say that are not history: younger than the snapshot, or late in the window that the tail reads again. */
const movedSince = sql`
  SELECT r.clientid, CAST(SUM(r.amount) * 100 AS SIGNED) AS hundredths
  FROM mod_creditbridge_tail s JOIN tblcredit r ON r.id > GREATEST(s.cursor_log_id, ${sql.lit(WINDOW_IDS)}) - ${sql.lit(WINDOW_IDS)}
  WHERE s.id = 1 AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries e
    WHERE e.epoch = s.epoch AND e.log_id = r.id)
  GROUP BY r.clientid`;

/** Has accounts opened with these balances instead of those of the snapshot. */
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
