import { sql, type Transaction } from 'kysely';
import { counterAccount, type Entry, type Explained } from '../../ledger/index.ts';
import type { Db } from '../connect.ts';
import { inTransaction } from '../in-transaction.ts';
import type { Database } from '../tables.ts';
import { lockTail } from './lock-tail.ts';
import { type ExplainRows, type LoggedRow, readLog, unexplained } from './log-rows.ts';
import { type EntryToWrite, writeEntries } from './write-entries.ts';

/** Rows of one transaction: enough that commits don't count, few enough that memory stays flat. */
const CHUNK_ROWS = 5000;

export interface ImportOptions {
  /** The leader's. */
  readonly fence: bigint;
  readonly explain: ExplainRows;
  readonly at: () => Date;
}

interface Chunk {
  readonly rows: readonly LoggedRow[];
  readonly explained: ReadonlyMap<number, Explained>;
}

/**
 * Imports the rows of the log in the order of their id, until all that are visible are there. Each chunk is a transaction that
 * also moves the cursor; while one is written, the next is read and explained.
 */
export async function importHistory(
  db: Db,
  options: ImportOptions & { readonly onChunk: (rows: number) => Promise<void> },
): Promise<void> {
  const row = await db
    .selectFrom('mod_creditbridge_epochs as p')
    .innerJoin('mod_creditbridge_tail as t', 't.epoch', 'p.epoch')
    .select(['p.cursor_log_id as cursor', 'p.state'])
    .executeTakeFirstOrThrow();
  if (row.state !== 'importing') return;
  let next = readChunk(db, row.cursor, options.explain);
  for (;;) {
    const chunk = await next;
    const last = chunk.rows.at(-1);
    if (last === undefined) return;
    const isLast = chunk.rows.length < CHUNK_ROWS;
    if (!isLast) next = readChunk(db, last.id, options.explain);
    // It is awaited only after this chunk is written; a fault of both must not end the process.
    next.catch(() => undefined);
    await inTransaction(db, (trx) => writeHistory(trx, chunk, options));
    await options.onChunk(chunk.rows.length);
    if (isLast) return;
  }
}

async function readChunk(db: Db, after: number, explain: ExplainRows): Promise<Chunk> {
  return db.transaction().execute(async (trx) => {
    const rows = await readLog(trx, sql`c.id > ${after}`, CHUNK_ROWS);
    return { rows, explained: await explain(trx, rows) };
  });
}

/** Writes rows as history: explained as any, but with no effect on grants. Rows over nothing need no entry. */
export async function writeHistory(
  trx: Transaction<Database>,
  { rows, explained }: Chunk,
  { fence, at }: Omit<ImportOptions, 'explain'>,
): Promise<void> {
  const { epoch, nextSequence } = await lockTail(trx, fence);
  const moved = rows.filter(({ amountHundredths }) => amountHundredths !== 0n);
  const entries = moved.map((row, index) =>
    historyEntry(row, explained.get(row.id) ?? unexplained(row), {
      epoch,
      sequence: nextSequence + BigInt(index),
    }),
  );
  await writeEntries(trx, entries, at());
  const last = rows.at(-1)?.id ?? 0;
  await sql`UPDATE mod_creditbridge_epochs
    SET cursor_log_id = GREATEST(cursor_log_id, ${last}), rows_imported = rows_imported + ${rows.length}
    WHERE epoch = ${epoch}`.execute(trx);
  await trx
    .updateTable('mod_creditbridge_tail')
    .set({ next_sequence: nextSequence + BigInt(moved.length) })
    .where('id', '=', 1)
    .execute();
}

function historyEntry(
  row: LoggedRow,
  explained: Explained,
  { epoch, sequence }: Pick<Entry, 'epoch' | 'sequence'>,
): EntryToWrite {
  const { clientId, currencyId, amountHundredths, on, description, sha256 } = row;
  const { kind, invoiceId, commandId, adminId, evidence, reason } = explained;
  const came = amountHundredths > 0n;
  const own = `client:${clientId}`;
  const other = counterAccount(kind, invoiceId);
  return {
    sha256,
    entry: {
      ...{ sequence, epoch, clientId, currencyId, kind, invoiceId, commandId, adminId },
      ...{ evidence, reason, description },
      fromAccount: came ? other : own,
      toAccount: came ? own : other,
      amountHundredths: came ? amountHundredths : -amountHundredths,
      act: { do: 'history' },
      settingsVersion: 0,
      logId: row.id,
      revision: 0,
      corrects: null,
      loggedOn: on,
    },
  };
}
