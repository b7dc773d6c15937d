import { sql, type Transaction } from 'kysely';
import { LOGGED_COLUMNS, type LoggedColumns, lockTail } from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { untilCommitted } from '../db/index.ts';
import { type ImportOptions, writeHistory } from './adopt-history.ts';
import { draftsFor } from './drafts-for.ts';
import { findDifferences, type LogRange } from './tail-differences.ts';
import { type Opening, writeOpenings } from './write-openings.ts';

/** Balances or differences of the log read at once. */
const PART_ROWS = 5000;

/** Ids of the log compared at once; the database needs some tens of milliseconds. */
const PART_IDS = 50_000;

export interface SnapshotOptions extends ImportOptions {
  /** WHMCS's local date. */
  readonly today: string;
}

/**
 * Ends the history: reads the log as it is and the balance of every client in one consistent snapshot. Imports rows that are
 * missing, late ones too, and takes back what was edited or removed since it was imported, so that the difference between
 * log and balance is that of this moment. `opening_hundredths` holds the balance until the account opens.
 */
export async function takeSnapshot(db: Db, options: SnapshotOptions): Promise<void> {
  await untilCommitted(() =>
    db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute((trx) => snapshot(trx, options)),
  );
}

async function snapshot(trx: Transaction<Database>, options: SnapshotOptions): Promise<void> {
  // The first read makes the snapshot. The lock comes after it, since it reads what is newest.
  await sql`SELECT 1 FROM tblcredit LIMIT 1`.execute(trx);
  const { epoch } = await lockTail(trx, options.fence);
  const begun = await trx
    .selectFrom('mod_creditbridge_epochs')
    .select('state')
    .where('epoch', '=', epoch)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (begun.state !== 'importing') return;
  const [last] = (
    await sql<LoggedColumns>`
      SELECT ${LOGGED_COLUMNS} FROM tblcredit c LEFT JOIN tblclients t ON t.id = c.clientid
      ORDER BY c.id DESC LIMIT 1`.execute(trx)
  ).rows;
  const high = last?.id ?? 0;
  const imported = await highestImported(trx, epoch);
  for (let after = 0; after < Math.max(high, imported); after += PART_IDS) {
    await importDifferences(trx, epoch, { after, upTo: after + PART_IDS }, options);
  }
  await readBalances(trx, epoch);
  await trx
    .updateTable('mod_creditbridge_epochs')
    .set({ state: 'opening', high_log_id: high, adopted_on: options.today })
    .where('epoch', '=', epoch)
    .execute();
  await trx
    .updateTable('mod_creditbridge_tail')
    .set({ cursor_log_id: high, cursor_sha256: last?.sha256 ?? null })
    .where('id', '=', 1)
    .execute();
}

/** The highest id that was imported; that row may be gone since. */
async function highestImported(trx: Transaction<Database>, epoch: number): Promise<number> {
  const { rows } = await sql<{ readonly id: number | null }>`
    SELECT MAX(log_id) AS id FROM mod_creditbridge_entries WHERE epoch = ${epoch}`.execute(trx);
  return rows[0]?.id ?? 0;
}

async function importDifferences(
  trx: Transaction<Database>,
  epoch: number,
  range: LogRange,
  options: SnapshotOptions,
): Promise<void> {
  for (;;) {
    const differences = await findDifferences(trx, epoch, range, { limit: PART_ROWS, leftOut: [] });
    const rows = differences.changed.map(({ row }) => row);
    if (rows.length === 0 && differences.vanished.length === 0) return;
    const explained = rows.length === 0 ? new Map() : await options.explain(trx, rows);
    const fresh = differences.changed.filter(({ mirror }) => mirror === null).length;
    const read = { rows: fresh, last: rows.at(-1)?.id ?? 0 };
    await writeHistory(trx, draftsFor(differences, explained), read, options);
  }
}

async function readBalances(trx: Transaction<Database>, epoch: number): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<Opening>`
      SELECT id AS clientId, currency AS currencyId, CAST(credit * 100 AS SIGNED) AS hundredths FROM tblclients
      WHERE id > ${after} AND credit <> 0 ORDER BY id LIMIT ${sql.lit(PART_ROWS)}`.execute(trx);
    const last = rows.at(-1);
    if (last === undefined) return;
    await writeOpenings(trx, epoch, rows);
    after = last.clientId;
  }
}
