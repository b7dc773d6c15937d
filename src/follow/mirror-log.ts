import { sql, type Transaction } from 'kysely';
import type { Logger } from '../base/index.ts';
import type { LockedTail } from '../books/index.ts';
import {
  changeCurrency,
  type ExplainRows,
  lockTail,
  MOVES_CREDIT,
  noteHands,
  ROW_SHA256,
  readLog,
  recordEntries,
} from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import { draftsFor } from './drafts-for.ts';
import type { EmptiedLogs } from './emptied-logs.ts';
import { isOfRows } from './is-of-rows.ts';
import { clientsLeftOut, leaveOut, retryLeftOut } from './left-out.ts';
import {
  type Differences,
  findDifferences,
  type LogRange,
  newestMirrored,
} from './tail-differences.ts';

/** Differences that one batch records: a few round trips for all, and a transaction of some hundred rows. */
const BATCH_ROWS = 500;

/**
 * Ids behind the cursor that every batch reads again. A transaction takes its id when it writes and may commit later; a
 * thousand ids are minutes of a busy installation, and its transactions take seconds. The daily comparison finds what is
 * later still.
 */
export const WINDOW_IDS = 1000;

/** Ids that one part of the daily comparison covers; the database compares them in some tens of milliseconds. */
const COMPARE_IDS = 20_000;

/** How often all rows are compared. */
const COMPARE_EVERY_HOURS = 24;

/** A single row at the end may have been removed by hand; if the one before it is gone too, the log went back. */
const RESTORED_ROWS = 2;

export interface MirrorOptions {
  /** The leader's. */
  readonly fence: bigint;
  readonly explain: ExplainRows;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly emptied: EmptiedLogs;
}

export type BatchOutcome =
  | { readonly kind: 'done'; readonly entries: number; readonly isFull: boolean }
  /** The newest rows are missing, perhaps because their client is being removed; nothing was written. */
  | { readonly kind: 'unclear' }
  /** The log went back; nothing was written. */
  | { readonly kind: 'went-back'; readonly reason: string };

/**
 * Mirrors the next rows of the log, and what changed in the window behind the cursor, in one transaction.
 *
 * @throws {StorageError} `leader-replaced`
 */
export async function mirrorBatch(db: Db, options: MirrorOptions): Promise<BatchOutcome> {
  return despiteBadRows(db, options, async (trx, attempt): Promise<BatchOutcome> => {
    const tail = await lockTail(trx, attempt.fence);
    if (tail.state !== 'following') return { kind: 'done', entries: 0, isFull: false };
    const went = await wentBack(trx, tail);
    if (went !== undefined) {
      const { size } = await attempt.emptied.among(trx, went.clientIds, attempt.at);
      return size > 0 ? { kind: 'unclear' } : { kind: 'went-back', reason: went.reason };
    }
    const range = { after: Math.max(0, tail.cursorLogId - WINDOW_IDS), upTo: null };
    const { differences } = await differencesIn(trx, tail.epoch, range, attempt);
    const entries = await record(trx, differences, attempt);
    const isFull = isAtLimit(differences, attempt);
    await moveCursor(trx, tail, { differences, isFull, leftOut: attempt.leftOut });
    return { kind: 'done', entries, isFull };
  });
}

/** The id of the newest row of the log; 0 when it has none. One look at the end of an index. */
export async function newestRow(db: Db): Promise<number> {
  const { rows } = await sql<{ readonly id: number | null }>`
    SELECT MAX(id) AS id FROM tblcredit`.execute(db);
  return rows[0]?.id ?? 0;
}

/** Notes that the ledger has read all that is there at this moment. */
export async function noteCaughtUp(db: Db, fence: bigint): Promise<void> {
  await sql`UPDATE mod_creditbridge_tail SET looked_at = UTC_TIMESTAMP(6)
    WHERE id = 1 AND fence = ${fence}`.execute(db);
}

/**
 * Compares the next part of all rows, if the daily comparison is due, and mirrors what changed.
 *
 * @returns how many entries were recorded, and whether nothing is left to compare now
 * @throws {StorageError} `leader-replaced`
 */
export async function compareNextPart(
  db: Db,
  options: MirrorOptions,
): Promise<{ readonly entries: number; readonly isOver: boolean }> {
  const { rows } = await sql<{ readonly after: number; readonly cursor: number }>`
    SELECT compare_log_id AS after, cursor_log_id AS \`cursor\` FROM mod_creditbridge_tail
    WHERE id = 1 AND state = 'following' AND (compare_log_id > 0 OR compared_at IS NULL
      OR compared_at < UTC_TIMESTAMP(6) - INTERVAL ${COMPARE_EVERY_HOURS} HOUR)`.execute(db);
  const [due] = rows;
  if (due === undefined) return { entries: 0, isOver: true };
  if (due.after === 0) await retryLeftOut(db);
  // Every batch reads the window and what is above it.
  const end = Math.max(0, due.cursor - WINDOW_IDS);
  const upTo = Math.min(due.after + COMPARE_IDS, end);
  const part = await despiteBadRows(db, options, (trx, attempt) =>
    comparePart(trx, { after: due.after, upTo }, attempt),
  );
  if (part.isFull || part.entries > 0) return { entries: part.entries, isOver: false };
  // The next round compares this part again.
  if (part.isHeld) return { entries: 0, isOver: true };
  const isOver = upTo >= end;
  await sql`UPDATE mod_creditbridge_tail
    SET compare_log_id = ${isOver ? 0 : upTo},
      compared_at = IF(${isOver ? 1 : 0}, UTC_TIMESTAMP(6), compared_at)
    WHERE id = 1 AND fence = ${options.fence}`.execute(db);
  return { entries: 0, isOver };
}

async function comparePart(trx: Transaction<Database>, range: LogRange, attempt: Attempt) {
  const { epoch } = await lockTail(trx, attempt.fence);
  const { differences, isHeld } = await differencesIn(trx, epoch, range, attempt);
  const entries = await record(trx, differences, attempt);
  return { entries, isFull: isAtLimit(differences, attempt), isHeld };
}

/** What differs, without the rows of clients whom WHMCS may be removing; `isHeld` when there are such rows. */
async function differencesIn(
  trx: Transaction<Database>,
  epoch: number,
  range: LogRange,
  attempt: Attempt,
): Promise<{ readonly differences: Differences; readonly isHeld: boolean }> {
  const found = await findDifferences(trx, epoch, range, attempt);
  const owners = [...new Set(found.vanished.map(({ clientId }) => clientId))];
  const emptied = await attempt.emptied.among(trx, owners, attempt.at);
  const vanished = found.vanished.filter(({ clientId }) => !emptied.has(clientId));
  return { differences: { ...found, vanished }, isHeld: emptied.size > 0 };
}

interface Attempt {
  readonly fence: bigint;
  readonly explain: ExplainRows;
  readonly emptied: EmptiedLogs;
  readonly at: Date;
  readonly limit: number;
  /** Records rows as unexplained. */
  readonly isPlain: boolean;
  /** Clients whose rows are not mirrored for now. */
  readonly leftOut: readonly number[];
}

/**
 * Does the work in a transaction, although explaining or posting a row may fail. Such a row is found by going row by row, and is
 * recorded as unexplained. If that fails as well, its client is left out, an admin is told, and the others go on.
 */
async function despiteBadRows<T>(
  db: Db,
  options: MirrorOptions,
  work: (trx: Transaction<Database>, attempt: Attempt) => Promise<T>,
): Promise<T> {
  const { fence, explain, emptied, now, log } = options;
  const at = new Date(now());
  const leftOut = await clientsLeftOut(db);
  const attempt = (limit: number, isPlain: boolean) =>
    inTransaction(db, (trx) => work(trx, { fence, explain, emptied, at, limit, isPlain, leftOut }));
  try {
    return await attempt(BATCH_ROWS, false);
  } catch (error) {
    if (!isOfRows(error)) throw error;
  }
  try {
    return await attempt(1, false);
  } catch (error) {
    if (!isOfRows(error)) throw error;
    log.error({ err: error }, 'A row of the credit log cannot be posted as what it is');
  }
  try {
    return await attempt(1, true);
  } catch (error) {
    if (!(error instanceof UnpostableRow)) throw error;
    const { clientIds, cause } = error;
    log.fatal({ clientIds, err: cause }, 'Clients are left out of the ledger; the others go on');
    await leaveOut(db, clientIds, { error: cause, at });
  }
  return despiteBadRows(db, options, work);
}

/** Not even recording as unexplained works for one of these clients. */
class UnpostableRow extends Error {
  readonly clientIds: readonly number[];

  constructor(clientIds: readonly number[], cause: unknown) {
    super('A row of the credit log cannot be posted.', { cause });
    this.clientIds = clientIds;
  }
}

function isAtLimit({ changed, vanished }: Differences, { limit }: Attempt): boolean {
  return changed.length === limit || vanished.length === limit;
}

async function record(
  trx: Transaction<Database>,
  differences: Differences,
  { fence, explain, at, isPlain }: Attempt,
): Promise<number> {
  const rows = differences.changed.map(({ row }) => row);
  const touched = [...rows, ...differences.vanished].map(({ clientId }) => clientId);
  const explained = isPlain || rows.length === 0 ? new Map() : await explain(trx, rows);
  const drafts = draftsFor(differences, explained);
  try {
    await changeCurrency(trx, touched, { at, fence });
    await noteHands(trx, await recordEntries(trx, drafts, { at, fence }), at);
  } catch (error) {
    if (!isPlain || !isOfRows(error)) throw error;
    const clientIds = [...touched, ...drafts.map(({ clientId }) => clientId)];
    throw new UnpostableRow([...new Set(clientIds)], error);
  }
  return drafts.length;
}

interface BatchRead {
  readonly differences: Differences;
  readonly isFull: boolean;
  readonly leftOut: readonly number[];
}

/**
 * Moves the cursor to the highest row read and keeps its checksum, so that its absence is noticed. Rows at the end that are
 * not mirrored count as read: otherwise the ledger would seem to lag until the next row.
 */
async function moveCursor(
  trx: Transaction<Database>,
  { cursorLogId, cursorSha256 }: LockedTail,
  { differences, isFull, leftOut }: BatchRead,
): Promise<void> {
  const read = differences.changed.at(-1)?.row;
  const from = Math.max(read?.id ?? 0, cursorLogId);
  const unmirrored = isFull ? undefined : await lastUnmirrored(trx, from, leftOut);
  const newest = unmirrored ?? read;
  if (newest === undefined) return;
  const { id, sha256 } = newest;
  if (id < cursorLogId) return;
  if (id === cursorLogId && cursorSha256?.equals(sha256) === true) return;
  await trx
    .updateTable('mod_creditbridge_tail')
    .set({ cursor_log_id: id, cursor_sha256: sha256 })
    .where('id', '=', 1)
    .execute();
}

/** The last row above `after` that moves nothing or belongs to a client who is left out. */
async function lastUnmirrored(
  trx: Transaction<Database>,
  after: number,
  leftOut: readonly number[],
) {
  const ofLeftOut = leftOut.length === 0 ? sql`` : sql`OR c.clientid IN (${sql.join(leftOut)})`;
  const { rows } = await sql<{ readonly id: number; readonly sha256: Buffer }>`
    SELECT c.id, ${ROW_SHA256} AS sha256 FROM tblcredit c
    WHERE c.id > ${after} AND (NOT ${MOVES_CREDIT} ${ofLeftOut})
    ORDER BY c.id DESC LIMIT 1`.execute(trx);
  return rows[0];
}

/**
 * Tells whether the log went back: the row at the cursor and the newest mirrored rows are gone or changed. Rows of clients
 * who are gone do not count, since WHMCS removes them with their client (whmcs.md §2.7). Several rows removed by hand look
 * the same, and our own tables cannot tell: so the admin is asked.
 *
 * @returns what was found, and whose rows are missing; undefined when the log did not go back
 */
async function wentBack(
  trx: Transaction<Database>,
  { epoch, cursorLogId, cursorSha256 }: LockedTail,
): Promise<{ readonly reason: string; readonly clientIds: readonly number[] } | undefined> {
  if (cursorSha256 === null) return undefined;
  const [there] = await readLog(trx, sql`c.id = ${cursorLogId}`, 1);
  if (there?.sha256.equals(cursorSha256) === true) return undefined;
  const newest = await newestMirrored(trx, epoch, RESTORED_ROWS);
  if (newest.length < RESTORED_ROWS || newest.some(({ isAsMirrored }) => isAsMirrored)) {
    return undefined;
  }
  const found =
    there === undefined
      ? 'is gone'
      : `is another one (${formatAmount(there.amountHundredths)} for client #${there.clientId})`;
  const others = newest.map(({ logId }) => `#${logId}`).join(' and ');
  const reason = `Row #${cursorLogId} of tblcredit, the last one that was read, ${found}; the newest rows of the ledger, ${others}, are gone or others too. A restore of WHMCS's tables looks like this, and so do newest rows that were deleted or edited by hand.`;
  return { reason, clientIds: [...new Set(newest.map(({ clientId }) => clientId))] };
}
