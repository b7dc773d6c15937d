import { sql } from 'kysely';
import { lockTail, recordEntries } from '../books/index.ts';
import { type Db, inTransaction, isMoney } from '../db/index.ts';
import { mirrorOf, takeBack } from './drafts-for.ts';
import { isOfRows } from './is-of-rows.ts';
import type { MirrorOptions } from './mirror-log.ts';
import { readMirrors } from './tail-differences.ts';

/** The newest entries that are looked at: a row of the log and its money are committed within seconds. */
const NEWEST_ENTRIES = 1000;
const MINUTES = 10;
const ROWS_MAX = 100;

/**
 * Takes back entries of rows that are a reversal after all: WHMCS may commit the row of the log before that of the money
 * (whmcs.md §2.7), and then nothing explained it when it was read. An entry that an admin explained is left alone.
 *
 * @returns how many rows are reversals
 * @throws {StorageError} `leader-replaced`
 */
export async function recordLateReversals(
  db: Db,
  { fence, explain, now, log }: MirrorOptions,
): Promise<number> {
  const ids = await candidates(db);
  if (ids.length === 0) return 0;
  try {
    return await inTransaction(db, async (trx) => {
      const { epoch, state } = await lockTail(trx, fence);
      if (state !== 'following') return 0;
      const mirrors = await readMirrors(trx, epoch, ids);
      const explained = await explain(
        trx,
        mirrors.map(({ row }) => row),
      );
      const late = mirrors.flatMap(({ row, mirror }) => {
        const found = explained.get(row.id);
        return found?.kind === 'reversal' && mirror.revision === 0 ? [{ row, mirror, found }] : [];
      });
      const drafts = late.flatMap(({ row, mirror, found }) => [
        takeBack(mirror, 'Money that went back explains the row.'),
        mirrorOf(row, mirror.revision + 2, found),
      ]);
      await recordEntries(trx, drafts, { at: new Date(now()), fence });
      return late.length;
    });
  } catch (error) {
    if (!isOfRows(error)) throw error;
    log.error(
      { err: error },
      'A row of the credit log cannot be posted as the reversal that it is',
    );
    return 0;
  }
}

/** Rows of the log that took credit, were explained by no money, and whose client got money back about then. */
async function candidates(db: Db): Promise<readonly number[]> {
  const { rows } = await sql<{ readonly id: number }>`
    SELECT e.log_id AS id FROM mod_creditbridge_tail t
    STRAIGHT_JOIN (SELECT sequence, epoch, log_id, revision, client_id, does, command_id, evidence, logged_on, recorded_at
      FROM mod_creditbridge_entries ORDER BY sequence DESC LIMIT ${sql.lit(NEWEST_ENTRIES)}) AS e
    WHERE t.id = 1 AND t.state = 'following' AND e.epoch = t.epoch AND e.log_id IS NOT NULL AND e.revision = 0
      AND e.does = 'spend' AND e.command_id IS NULL AND e.evidence IN ('none', 'admin', 'text')
      AND e.recorded_at > UTC_TIMESTAMP(6) - INTERVAL ${sql.lit(MINUTES)} MINUTE
      AND (SELECT MAX(n.revision) FROM mod_creditbridge_entries n
        WHERE n.epoch = e.epoch AND n.log_id = e.log_id) = 0
      AND EXISTS (SELECT 1 FROM tblaccounts a WHERE a.userid = e.client_id AND a.amountout > 0
        AND a.date >= e.logged_on - INTERVAL 1 DAY AND ${isMoney('a')})
    ORDER BY e.log_id LIMIT ${sql.lit(ROWS_MAX)}`.execute(db);
  return rows.map(({ id }) => id);
}
