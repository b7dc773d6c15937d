import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Logger } from '../base/index.ts';
import { type ExplainRows, lockTail, ROW_SHA256, selectEntries, toEntry } from '../books/index.ts';
import type { Database, Db } from '../db/index.ts';
import { clip, inTransaction } from '../db/index.ts';
import { LedgerError } from '../ledger/index.ts';
import type { PageOutcome, TailState, TailStore } from './ports.ts';
import { comparePart, type PageOptions, tailPage, WINDOW_IDS } from './tail-part.ts';

/** Differences that one page records: a few round trips for all of them, and a transaction of a few hundred rows. */
const PAGE_ROWS = 500;

/** Ids that one part of the daily comparison covers; read in the database, in some tens of milliseconds. */
const COMPARE_IDS = 20_000;

/** All rows are compared once in this time. */
const COMPARE_EVERY_HOURS = 24;

/** Entries announced together: as many as the rules are asked about in one page. */
const ANNOUNCE_ROWS = 100;

/** Width of `reason` and `halted_reason`. */
const REASON_MAX = 500;

/** After a restore every process must find a higher number than it has seen; none is further ahead than this. */
const ROUNDS_AHEAD = 1000n;

export interface TailStoreDependencies {
  readonly explain: ExplainRows;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** The tail in the database. */
export function createTailStore(db: Db, { explain, now, log }: TailStoreDependencies): TailStore {
  const options = (fence: bigint): PageOptions => ({
    fence,
    limit: PAGE_ROWS,
    at: new Date(now()),
  });

  /** A row that can't be posted as what it is must not hold up all others: it is looked for, and recorded as unexplained. */
  async function whatever<T>(work: (some: PageOptions) => Promise<T>, fence: bigint): Promise<T> {
    try {
      return await work(options(fence));
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
    }
    try {
      return await work({ ...options(fence), limit: 1 });
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error;
      log.error({ err: error }, 'A row of the credit log is recorded as unexplained');
      return work({ ...options(fence), limit: 1, plain: true });
    }
  }

  return {
    async lead(holder, leaseSeconds) {
      // Assignments go from left to right: the fence sees who held it before.
      const { numAffectedRows } = await sql`
        UPDATE mod_creditbridge_tail
        SET fence = IF(holder <=> ${holder}, fence, fence + 1), holder = ${holder}, rounds = rounds + 1,
          held_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
        WHERE id = 1 AND (holder <=> ${holder} OR held_until IS NULL OR held_until < UTC_TIMESTAMP(6))
      `.execute(db);
      if (numAffectedRows !== 1n) return undefined;
      const row = await db
        .selectFrom('mod_creditbridge_tail')
        .select(['fence', 'holder', 'epoch', 'rounds'])
        .where('id', '=', 1)
        .executeTakeFirstOrThrow();
      const { fence, epoch, rounds } = row;
      return row.holder === holder ? { fence, epoch, rounds } : undefined;
    },

    async resign(holder) {
      await sql`UPDATE mod_creditbridge_tail SET held_until = NULL WHERE id = 1 AND holder = ${holder}`.execute(
        db,
      );
    },

    async look() {
      const { rows } = await sql<Omit<TailState, 'state'> & { readonly state: string }>`
        SELECT t.state, t.epoch, t.reason, t.rounds, s.halted
        FROM mod_creditbridge_tail t JOIN mod_creditbridge_settings s ON s.id = 1 WHERE t.id = 1`.execute(
        db,
      );
      const [row] = rows;
      if (row === undefined) throw new TypeError('The row of the tail or of the settings is gone.');
      return { ...row, state: readState(row.state) };
    },

    page: (fence) =>
      whatever<PageOutcome>(
        (some) => inTransaction(db, (trx) => tailPage(trx, explain, some)),
        fence,
      ),

    async caughtUp(fence) {
      await sql`UPDATE mod_creditbridge_tail SET looked_at = UTC_TIMESTAMP(6)
        WHERE id = 1 AND fence = ${fence}`.execute(db);
    },

    async compare(fence) {
      const { rows } = await sql<{ readonly after: number; readonly cursor: number }>`
        SELECT compare_log_id AS after, cursor_log_id AS \`cursor\` FROM mod_creditbridge_tail
        WHERE id = 1 AND state = 'following' AND (compare_log_id > 0 OR compared_at IS NULL
          OR compared_at < UTC_TIMESTAMP(6) - INTERVAL ${COMPARE_EVERY_HOURS} HOUR)`.execute(db);
      const [row] = rows;
      if (row === undefined) return { entries: 0, isOver: true };
      // The window is read by every page; what is above it is not the comparison's.
      const end = Math.max(0, row.cursor - WINDOW_IDS);
      const upTo = Math.min(row.after + COMPARE_IDS, end);
      const part = { after: row.after, upTo };
      const done = await whatever(
        (some) => inTransaction(db, (trx) => comparePart(trx, explain, part, some)),
        fence,
      );
      if (done.isFull || done.entries > 0) return { entries: done.entries, isOver: false };
      const isOver = upTo >= end;
      await sql`UPDATE mod_creditbridge_tail
        SET compare_log_id = ${isOver ? 0 : upTo},
          compared_at = IF(${isOver ? 1 : 0}, UTC_TIMESTAMP(6), compared_at)
        WHERE id = 1 AND fence = ${fence}`.execute(db);
      return { entries: 0, isOver };
    },

    async unannounced() {
      const rows = await selectEntries(db)
        .where('e.sequence', '>', (eb) =>
          eb.selectFrom('mod_creditbridge_tail').select('announced_sequence').where('id', '=', 1),
        )
        .where('e.epoch', '=', (eb) =>
          eb.selectFrom('mod_creditbridge_tail').select('epoch').where('id', '=', 1),
        )
        .orderBy('e.sequence')
        .limit(ANNOUNCE_ROWS)
        .execute();
      return rows.map(toEntry);
    },

    async announced(fence, upTo) {
      await sql`UPDATE mod_creditbridge_tail
        SET announced_sequence = GREATEST(announced_sequence, ${upTo})
        WHERE id = 1 AND fence = ${fence}`.execute(db);
    },

    async halt(reason) {
      const text = clip(reason, REASON_MAX);
      await inTransaction(db, async (trx) => {
        await sql`UPDATE mod_creditbridge_tail SET state = 'stopped', reason = ${text} WHERE id = 1`.execute(
          trx,
        );
        await sql`UPDATE mod_creditbridge_settings SET halted = 'restored', halted_reason = ${text}
          WHERE id = 1 AND halted = ''`.execute(trx);
      });
    },

    readopt: (fence, seen) => resume(db, fence, seen, sql`state = 'new', reason = 'restored'`),

    goOn: (fence, seen) =>
      // The last row there is takes the place of the one that was looked for, and all rows are compared now.
      resume(
        db,
        fence,
        seen,
        sql`state = IF(epoch = 0, 'new', IF(EXISTS (SELECT 1 FROM mod_creditbridge_epochs p
            WHERE p.epoch = mod_creditbridge_tail.epoch AND p.state <> 'done'), 'adopting', 'following')),
          reason = '', cursor_log_id = (SELECT COALESCE(MAX(id), 0) FROM tblcredit),
          cursor_sha256 = (SELECT ${ROW_SHA256} FROM tblcredit c ORDER BY c.id DESC LIMIT 1),
          compare_log_id = 0, compared_at = NULL`,
      ),
  };
}

async function resume(
  db: Db,
  fence: bigint,
  seen: bigint,
  how: RawBuilder<unknown>,
): Promise<void> {
  await inTransaction(db, async (trx: Transaction<Database>) => {
    await lockTail(trx, fence);
    await sql`UPDATE mod_creditbridge_tail
      SET ${how}, rounds = GREATEST(rounds, ${seen}) + ${ROUNDS_AHEAD} WHERE id = 1`.execute(trx);
    await sql`UPDATE mod_creditbridge_settings SET halted = '', halted_reason = ''
      WHERE id = 1`.execute(trx);
  });
}

const STATES: readonly TailState['state'][] = ['new', 'adopting', 'following', 'stopped'];

function readState(text: string): TailState['state'] {
  const state = STATES.find((one) => one === text);
  if (state === undefined) throw new TypeError(`The tail cannot be ${text}.`);
  return state;
}
