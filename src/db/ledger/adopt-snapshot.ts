import { sql, type Transaction } from 'kysely';
import type { Db } from '../connect.ts';
import { untilCommitted } from '../in-transaction.ts';
import { insertRows } from '../insert-rows.ts';
import type { Database } from '../tables.ts';
import { type ImportOptions, writeHistory } from './adopt-history.ts';
import { lockTail } from './lock-tail.ts';
import { LOGGED_COLUMNS, type LoggedColumns, readLog } from './log-rows.ts';
import { WINDOW_IDS } from './tail-page.ts';

/** Rows read at once; what the snapshot finds new is little, and balances are read client by client. */
const PART_ROWS = 5000;

export interface SnapshotOptions extends ImportOptions {
  /** WHMCS's local date. */
  readonly today: string;
}

/**
 * The end of history: in one consistent snapshot the rows that are not imported yet, late ones among them, and the balance of
 * every client. Until its account is opened, `opening_hundredths` holds the balance.
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
  // The first read makes the snapshot; the lock, which is taken on what is newest, comes after.
  await sql`SELECT 1 FROM tblcredit LIMIT 1`.execute(trx);
  const { epoch } = await lockTail(trx, options.fence);
  const begun = await trx
    .selectFrom('mod_creditbridge_epochs')
    .select(['state', 'high_log_id as high', 'cursor_log_id as cursor'])
    .where('epoch', '=', epoch)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (begun.state !== 'importing') return;
  // What was there when the import began may have lacked rows that committed late; further back nothing is late any more.
  await importLast(
    trx,
    epoch,
    Math.max(0, Math.min(begun.high, begun.cursor) - WINDOW_IDS),
    options,
  );
  await readBalances(trx, epoch);
  const [last] = (
    await sql<LoggedColumns>`
      SELECT ${LOGGED_COLUMNS} FROM tblcredit c LEFT JOIN tblclients t ON t.id = c.clientid
      ORDER BY c.id DESC LIMIT 1`.execute(trx)
  ).rows;
  const high = last?.id ?? 0;
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

async function importLast(
  trx: Transaction<Database>,
  epoch: number,
  after: number,
  options: SnapshotOptions,
): Promise<void> {
  for (let from = after; ; ) {
    const rows = await readLog(
      trx,
      sql`c.id > ${from} AND c.amount <> 0 AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries e
        WHERE e.epoch = ${epoch} AND e.log_id = c.id)`,
      PART_ROWS,
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    await writeHistory(trx, { rows, explained: await options.explain(trx, rows) }, options);
    from = last.id;
  }
}

async function readBalances(trx: Transaction<Database>, epoch: number): Promise<void> {
  for (let after = 0; ; ) {
    const { rows } = await sql<{
      readonly id: number;
      readonly currency: number;
      readonly hundredths: bigint;
    }>`
      SELECT id, currency, CAST(credit * 100 AS SIGNED) AS hundredths FROM tblclients
      WHERE id > ${after} AND credit <> 0 ORDER BY id LIMIT ${sql.lit(PART_ROWS)}`.execute(trx);
    const last = rows.at(-1);
    if (last === undefined) return;
    await insertRows(
      trx,
      'mod_creditbridge_accounts',
      ['client_id', 'currency_id', 'epoch', 'opening_hundredths'],
      rows.map(({ id, currency, hundredths }) => [id, currency, epoch, hundredths]),
      {
        onDuplicate:
          'epoch = VALUES(epoch), opening_hundredths = VALUES(opening_hundredths), is_open = 0, balance_hundredths = 0, remaining_hundredths = 0, unfunded_hundredths = 0, last_sequence = 0',
      },
    );
    after = last.id;
  }
}
