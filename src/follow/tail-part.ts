import { sql, type Transaction } from 'kysely';
import type { LockedTail } from '../books/index.ts';
import {
  changeCurrency,
  type ExplainRows,
  lockTail,
  MOVES_CREDIT,
  ROW_SHA256,
  readLog,
  recordEntries,
} from '../books/index.ts';
import type { Database } from '../db/index.ts';
import { formatAmount } from '../money/index.ts';
import { draftsFor } from './drafts-for.ts';
import type { PageOutcome } from './ports.ts';
import {
  type Differences,
  findDifferences,
  type LogRange,
  newestMirrored,
} from './tail-differences.ts';

/**
 * Ids behind the cursor that every page reads again. A transaction takes its id when it writes and may commit later; a
 * thousand ids are minutes of a busy installation, and its transactions take seconds. What is later still is found by the
 * daily comparison of all rows.
 */
export const WINDOW_IDS = 1000;

/** A single row at the end may have been removed by hand; with the one before it, the log went back. */
const RESTORED_ROWS = 2;

export interface PageOptions {
  readonly fence: bigint;
  readonly limit: number;
  readonly at: Date;
  /** Records rows as unexplained: the last resort for one that can't be posted as what it is. */
  readonly plain?: boolean;
}

/** Mirrors the next rows of the log, and what changed in the window behind the cursor, in the given transaction. */
export async function tailPage(
  trx: Transaction<Database>,
  explain: ExplainRows,
  options: PageOptions,
): Promise<PageOutcome> {
  const tail = await lockTail(trx, options.fence);
  if (tail.state !== 'following') return { kind: 'done', entries: 0, isFull: false };
  const range = { after: Math.max(0, tail.cursorLogId - WINDOW_IDS), upTo: null };
  const reason = await wentBack(trx, tail);
  if (reason !== undefined) return { kind: 'went-back', reason };
  const differences = await findDifferences(trx, tail.epoch, range, options.limit);
  const entries = await record(trx, explain, differences, options);
  const isMore = isFull(differences, options.limit);
  await moveCursor(trx, tail, differences, isMore);
  return { kind: 'done', entries, isFull: isMore };
}

/** Mirrors what changed in a part of the log behind the cursor. @returns how many entries, and whether there is more. */
export async function comparePart(
  trx: Transaction<Database>,
  explain: ExplainRows,
  range: LogRange,
  options: PageOptions,
): Promise<{ readonly entries: number; readonly isFull: boolean }> {
  const { epoch } = await lockTail(trx, options.fence);
  const differences = await findDifferences(trx, epoch, range, options.limit);
  const entries = await record(trx, explain, differences, options);
  return { entries, isFull: isFull(differences, options.limit) };
}

function isFull({ changed, vanished }: Differences, limit: number): boolean {
  return changed.length === limit || vanished.length === limit;
}

async function record(
  trx: Transaction<Database>,
  explain: ExplainRows,
  differences: Differences,
  { fence, at, plain }: PageOptions,
): Promise<number> {
  const rows = differences.changed.map(({ row }) => row);
  const touched = [...rows, ...differences.vanished].map(({ clientId }) => clientId);
  await changeCurrency(trx, touched, { at, fence });
  const explained = plain === true || rows.length === 0 ? new Map() : await explain(trx, rows);
  const drafts = draftsFor(differences, explained);
  await recordEntries(trx, drafts, { at, fence });
  return drafts.length;
}

/**
 * The cursor names the highest row seen, with its sum, so that its absence is noticed. Rows that move nothing at the end count as
 * seen: whoever waits until the ledger has read everything would wait for the next row.
 */
async function moveCursor(
  trx: Transaction<Database>,
  { cursorLogId, cursorSha256 }: LockedTail,
  { changed }: Differences,
  isMore: boolean,
): Promise<void> {
  const read = changed.at(-1)?.row;
  const from = Math.max(read?.id ?? 0, cursorLogId);
  const empty = isMore ? undefined : await lastThatMovesNothing(trx, from);
  const newest = empty ?? read;
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

async function lastThatMovesNothing(trx: Transaction<Database>, after: number) {
  const { rows } = await sql<{ readonly id: number; readonly sha256: Buffer }>`
    SELECT c.id, ${ROW_SHA256} AS sha256 FROM tblcredit c WHERE c.id > ${after} AND NOT ${MOVES_CREDIT}
    ORDER BY c.id DESC LIMIT 1`.execute(trx);
  return rows[0];
}

/**
 * Whether the log went back: the row at the cursor is gone or another, and so are the newest rows that are mirrored. Rows of
 * clients that are gone don't count, since WHMCS removes them with their client (whmcs.md §2.7). Several rows removed by hand look
 * the same: our own tables are as they were in both cases, so the admin is asked.
 */
async function wentBack(
  trx: Transaction<Database>,
  { epoch, cursorLogId, cursorSha256 }: LockedTail,
): Promise<string | undefined> {
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
  return `Row #${cursorLogId} of tblcredit, the last one that was read, ${found}; the newest rows of the ledger, ${others}, are gone or others too. A restore of WHMCS's tables looks like this, and so do newest rows that were deleted or edited by hand.`;
}
