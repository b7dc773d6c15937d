import { sql, type Transaction } from 'kysely';
import {
  type EntryToWrite,
  type ExplainRows,
  type LoggedRow,
  lockTail,
  movesCredit,
  readLog,
  unexplained,
  writeEntries,
} from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { counterAccount, type Entry, type EntryDraft, type Explained } from '../ledger/index.ts';
import { mirrorOf } from './drafts-for.ts';

/** Rows of one transaction: enough that commits cost little, few enough that memory stays flat. */
const CHUNK_ROWS = 2000;

/** Chunks that are explained while one is written: explaining waits for the database half of the time. */
const CHUNKS_AHEAD = 2;

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
 * Imports all visible rows of the log in the order of their id. Each chunk is a transaction that also moves the cursor;
 * while one is written, the next ones are read and explained.
 *
 * @param options.onChunk is called after each chunk, with its number of rows; it may throw to stop.
 */
export async function importHistory(
  db: Db,
  options: ImportOptions & { readonly onChunk: (rows: number) => Promise<void> },
): Promise<void> {
  const { cursor, state } = await db
    .selectFrom('mod_creditbridge_epochs as p')
    .innerJoin('mod_creditbridge_tail as t', 't.epoch', 'p.epoch')
    .select(['p.cursor_log_id as cursor', 'p.state'])
    .executeTakeFirstOrThrow();
  if (state !== 'importing') return;
  const nextChunk = createChunkReader(db, cursor, options.explain);
  const ahead = Array.from({ length: CHUNKS_AHEAD }, nextChunk);
  for (;;) {
    const chunk = await ahead.shift();
    if (chunk === undefined || chunk.rows.length === 0) return;
    ahead.push(nextChunk());
    await inTransaction(db, (trx) => writeChunk(trx, chunk, options));
    await options.onChunk(chunk.rows.length);
  }
}

/** Reads chunks one after the other and explains them side by side; behind the last one, chunks are empty. */
function createChunkReader(db: Db, cursor: number, explain: ExplainRows): () => Promise<Chunk> {
  const read = (after: number) =>
    db.transaction().execute((trx) => readLog(trx, sql`c.id > ${after}`, CHUNK_ROWS));
  const explained = async (reading: Promise<readonly LoggedRow[]>): Promise<Chunk> => {
    const rows = await reading;
    if (rows.length === 0) return { rows, explained: new Map() };
    return { rows, explained: await db.transaction().execute((trx) => explain(trx, rows)) };
  };
  const readAfter = async (reading: Promise<readonly LoggedRow[]>) => {
    const rows = await reading;
    const last = rows.at(-1);
    return last === undefined || rows.length < CHUNK_ROWS ? [] : read(last.id);
  };
  let reading: Promise<readonly LoggedRow[]> = read(cursor);
  return () => {
    const chunk = explained(reading);
    reading = readAfter(reading);
    // Avoids an unhandled rejection: both are awaited later, when earlier chunks are written.
    for (const promise of [chunk, reading]) promise.catch(() => undefined);
    return chunk;
  };
}

async function writeChunk(
  trx: Transaction<Database>,
  { rows, explained }: Chunk,
  options: WriteOptions,
): Promise<void> {
  const drafts = rows
    .filter(movesCredit)
    .map((row) => mirrorOf(row, 0, explained.get(row.id) ?? unexplained(row)));
  const last = rows.at(-1)?.id ?? 0;
  await writeHistory(trx, drafts, { rows: rows.length, last }, options);
}

type WriteOptions = Omit<ImportOptions, 'explain'>;

interface Read {
  /** How many rows were read. */
  readonly rows: number;
  /** The id of the last one. */
  readonly last: number;
}

/** Writes entries as history: explained like others, but without an effect on grants. Accounts open when all is written. */
export async function writeHistory(
  trx: Transaction<Database>,
  drafts: readonly EntryDraft[],
  { rows, last }: Read,
  { fence, at }: WriteOptions,
): Promise<void> {
  const { epoch, nextSequence } = await lockTail(trx, fence);
  const entries = drafts.map((draft, index) =>
    historyEntry(draft, { epoch, sequence: nextSequence + BigInt(index) }),
  );
  await writeEntries(trx, entries, at());
  await sql`UPDATE mod_creditbridge_epochs
    SET cursor_log_id = GREATEST(cursor_log_id, ${last}), rows_imported = rows_imported + ${rows}
    WHERE epoch = ${epoch}`.execute(trx);
  await trx
    .updateTable('mod_creditbridge_tail')
    .set({ next_sequence: nextSequence + BigInt(drafts.length) })
    .where('id', '=', 1)
    .execute();
}

function historyEntry(
  { clientId, currencyId, direction, amountHundredths, explained, row, corrects }: EntryDraft,
  { epoch, sequence }: Pick<Entry, 'epoch' | 'sequence'>,
): EntryToWrite {
  const { kind, invoiceId, commandId, adminId, evidence, reason } = explained;
  const own = `client:${clientId}`;
  const other = counterAccount(kind, invoiceId);
  return {
    sha256: row?.sha256 ?? null,
    entry: {
      sequence,
      epoch,
      clientId,
      currencyId,
      amountHundredths,
      kind,
      invoiceId,
      commandId,
      adminId,
      evidence,
      reason,
      corrects,
      fromAccount: direction === 'in' ? other : own,
      toAccount: direction === 'in' ? own : other,
      act: { do: 'history' },
      settingsVersion: 0,
      logId: row?.id ?? null,
      revision: row?.revision ?? 0,
      loggedOn: row?.on ?? null,
      description: row?.description ?? '',
    },
  };
}
