import { sql, type Transaction } from 'kysely';
import { countWaiting } from '../commands/index.ts';
import { type Database, type Db, inTransaction } from '../db/index.ts';
import type { Batch, Tally } from '../deciding/index.ts';

/** The run for one local date of WHMCS. */
export interface Run {
  readonly id: string;
  /** `YYYY-MM-DD` in WHMCS's time zone. */
  readonly date: string;
  readonly zone: string;
  readonly state: RunState;
}

/**
 * `planning`: ranges are left. `planned`: none is left. `closing`: the day ends, and every range is checked once more for new
 * invoices of WHMCS. `closed`: nothing more is planned for this date.
 */
export type RunState = 'planning' | 'planned' | 'closing' | 'closed';

/** Client ids, both ends included. */
export interface ClientRange {
  readonly from: number;
  readonly to: number;
}

/** A range that this process may plan, until another process takes it with a higher fence. */
export interface Claim extends ClientRange {
  readonly run: Run;
  readonly fence: bigint;
  /** The rules were asked about its clients, as they are once a day. */
  readonly isDailyAsked: boolean;
}

export interface RunProgress {
  readonly state: RunState;
  readonly decisions: number;
  readonly commands: number;
  /** Ranges that are not planned yet. */
  readonly left: number;
}

export interface Completion {
  readonly decisions: number;
  readonly commands: number;
  /** The last planned client; the clients after it become a new range. */
  readonly to: number;
  readonly isDailyAsked: boolean;
}

/**
 * Clients with credit in one range. With a few due invoices each, a range holds some thousand; larger ranges only use more
 * memory for longer (measured).
 */
const RANGE_CLIENTS = 500;

/** The largest possible client id. The last range ends here, so that it includes all later clients. */
const CLIENT_ID_MAX = 4_294_967_295;

/** A cron call need not know more than this. */
const WAITING_MAX = 100;

/** How many ranges to try to take; several, since other processes take them meanwhile. */
const CANDIDATES = 8;

interface RunRow {
  readonly id: string;
  readonly local_date: string;
  readonly zone: string;
  readonly state: string;
}

export interface RunStoreDependencies {
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called after each commit, with what was decided. */
  readonly onDecided?: ((tally: Tally) => void) | undefined;
}

export type RunStore = ReturnType<typeof createRunStore>;

/** Stores the daily runs: every claim is a committed conditional UPDATE, by the database's clock. */
export function createRunStore(db: Db, { newId, now, onDecided }: RunStoreDependencies) {
  return {
    /**
     * Returns the run of this date. If there is none, makes it, cuts it into ranges, and closes runs of earlier dates: what
     * was due on a missed day is due today.
     */
    async begin({ id, date, zone }: Omit<Run, 'state'>): Promise<Run> {
      const known = await runOf(db, date);
      if (known !== undefined) return known;
      await inTransaction(db, async (trx) => {
        const { numAffectedRows } = await sql`
          INSERT IGNORE INTO mod_creditbridge_runs (id, local_date, zone, state, started_at)
          VALUES (${id}, ${date}, ${zone}, 'planning', UTC_TIMESTAMP(6))`.execute(trx);
        if (numAffectedRows === 0n) return;
        await sql`
          UPDATE mod_creditbridge_runs SET state = 'closed', closed_at = UTC_TIMESTAMP(6)
          WHERE local_date < ${date} AND state <> 'closed'`.execute(trx);
        await sql`
          INSERT INTO mod_creditbridge_run_ranges (run_id, from_client_id, to_client_id)
          SELECT ${id}, ranges.first, ranges.last FROM (${RANGES}) AS ranges`.execute(trx);
      });
      const run = await runOf(db, date);
      if (run === undefined)
        throw new TypeError(`The run of ${date} is not there after it was made.`);
      return run;
    },

    /** Returns the unfinished run, if there is one. */
    async unfinished(): Promise<Run | null> {
      const { rows } = await sql<RunRow>`
        SELECT id, local_date, zone, state FROM mod_creditbridge_runs
        WHERE state IN ('planning', 'closing') ORDER BY started_at DESC LIMIT 1`.execute(db);
      return rows[0] === undefined ? null : toRun(rows[0]);
    },

    /** Ends the day: opens every range again, also those in progress. A second call does nothing. */
    async sweep(runId: string): Promise<void> {
      await inTransaction(db, async (trx) => {
        const { numAffectedRows } = await sql`
          UPDATE mod_creditbridge_runs SET state = 'closing'
          WHERE id = ${runId} AND state IN ('planning', 'planned')`.execute(trx);
        if (numAffectedRows === 0n) return;
        // The fence grows, so that a range in progress, planned on older data, is planned again.
        await sql`
          UPDATE mod_creditbridge_run_ranges SET state = 'open', fence = fence + 1, taken_until = NULL
          WHERE run_id = ${runId}`.execute(trx);
      });
    },

    /**
     * Takes an open range, or one whose holder let the time run out. Different takers get ranges far apart, because neighbours
     * would wait for each other's locks.
     *
     * @param except first client ids of ranges that this taker skips.
     */
    async claim(
      run: Run,
      leaseSeconds: number,
      except: ReadonlySet<number>,
    ): Promise<Claim | null> {
      const left = [...except];
      const { rows } = await sql<{
        from_client_id: number;
        to_client_id: number;
        fence: bigint;
        daily_asked: number;
      }>`
        SELECT p.from_client_id, p.to_client_id, p.fence, p.daily_asked
        FROM mod_creditbridge_run_ranges p JOIN mod_creditbridge_runs r ON r.id = p.run_id
        WHERE p.run_id = ${run.id} AND r.state = ${run.state} AND ${claimable('p')}
          ${left.length === 0 ? sql`` : sql`AND p.from_client_id NOT IN (${sql.join(left)})`}
        ORDER BY RAND() LIMIT ${sql.lit(CANDIDATES)}`.execute(db);
      for (const row of rows) {
        const { numAffectedRows } = await sql`
          UPDATE mod_creditbridge_run_ranges p
          SET p.state = 'taken', p.fence = p.fence + 1,
            p.taken_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
          WHERE p.run_id = ${run.id} AND p.from_client_id = ${row.from_client_id}
            AND p.fence = ${row.fence} AND ${claimable('p')}`.execute(db);
        if (numAffectedRows === 1n) {
          const fence = row.fence + 1n;
          const isDailyAsked = row.daily_asked === 1;
          return { run, from: row.from_client_id, to: row.to_client_id, fence, isDailyAsked };
        }
      }
      return null;
    },

    /** Extends the hold of a range; does nothing when another process has taken it. */
    async renew(claim: Claim, leaseSeconds: number): Promise<void> {
      await sql`
        UPDATE mod_creditbridge_run_ranges
        SET taken_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
        WHERE ${heldBy(claim)}`.execute(db);
    },

    /** Releases a range unplanned. */
    async release(claim: Claim): Promise<void> {
      await sql`
        UPDATE mod_creditbridge_run_ranges SET state = 'open', taken_until = NULL
        WHERE ${heldBy(claim)}`.execute(db);
    },

    /**
     * Makes two open ranges of one, the second from this client on.
     *
     * @returns false when another process has taken the range.
     */
    async split(claim: Claim, at: number): Promise<boolean> {
      return inTransaction(db, async (trx) => {
        const { numAffectedRows } = await sql`
          UPDATE mod_creditbridge_run_ranges
          SET state = 'open', taken_until = NULL, to_client_id = ${at - 1}
          WHERE ${heldBy(claim)}`.execute(trx);
        if (numAffectedRows !== 1n) return false;
        const { run, to, isDailyAsked } = claim;
        await addRange(trx, { runId: run.id, from: at, to, isDailyAsked });
        return true;
      });
    },

    /** When no range is left, `planning` becomes `planned` and `closing` becomes `closed`. */
    async settle(runId: string): Promise<void> {
      await sql`
        UPDATE mod_creditbridge_runs
        SET planned_at = COALESCE(planned_at, UTC_TIMESTAMP(6)),
          closed_at = IF(state = 'closing', UTC_TIMESTAMP(6), closed_at),
          state = IF(state = 'closing', 'closed', 'planned')
        WHERE id = ${runId} AND state IN ('planning', 'closing') AND NOT EXISTS (
          SELECT 1 FROM mod_creditbridge_run_ranges p WHERE p.run_id = ${runId} AND p.state <> 'done'
        )`.execute(db);
    },

    async progress(runId: string): Promise<RunProgress> {
      const { rows } = await sql<{
        state: string;
        decisions: string;
        commands: string;
        left: string;
      }>`
        SELECT r.state, COALESCE(SUM(p.decisions), 0) AS decisions, COALESCE(SUM(p.commands), 0) AS commands,
          COALESCE(SUM(p.state <> 'done'), 0) AS \`left\`
        FROM mod_creditbridge_runs r LEFT JOIN mod_creditbridge_run_ranges p ON p.run_id = r.id
        WHERE r.id = ${runId} GROUP BY r.id, r.state`.execute(db);
      const [row] = rows;
      if (row === undefined) throw new TypeError(`There is no run ${runId}.`);
      return {
        state: readState(row.state),
        decisions: Number(row.decisions),
        commands: Number(row.commands),
        // A closed run plans nothing more, even if ranges are left.
        left: row.state === 'closed' ? 0 : Number(row.left),
      };
    },

    /** Returns the ranges of a run made now. */
    async ranges(): Promise<readonly ClientRange[]> {
      const { rows } = await sql<{ first: bigint | number; last: bigint | number }>`
        ${RANGES}`.execute(db);
      return rows.map(({ first, last }) => ({ from: Number(first), to: Number(last) }));
    },

    /** Runs the work on a range in one transaction and commits it; repeats all of it after a conflict. */
    async inBatch<T>(work: (batch: Batch) => Promise<T>): Promise<T> {
      let isFirstTry = true;
      let tally: Tally = new Map();
      const result = await inTransaction(db, (trx) => {
        tally = new Map();
        const batch: Batch = { trx, at: new Date(now()), newId, isFirstTry, tally };
        isFirstTry = false;
        return work(batch);
      });
      onDecided?.(tally);
      return result;
    },

    /** Counts the commands that the shim can move on now, up to a cap. */
    waiting: (): Promise<number> => countWaiting(db, WAITING_MAX),
  };
}

/**
 * Marks the range as planned and makes a new range of the unplanned rest.
 *
 * @returns false when another process took the range meanwhile; then roll back.
 */
export async function completeRange(
  trx: Transaction<Database>,
  { run, from, to, fence, isDailyAsked: wasAsked }: Claim,
  { decisions, commands, to: reached, isDailyAsked }: Completion,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE mod_creditbridge_run_ranges
    SET state = 'done', taken_until = NULL, to_client_id = ${reached}, daily_asked = ${isDailyAsked ? 1 : 0},
      decisions = decisions + ${decisions}, commands = commands + ${commands}
    WHERE run_id = ${run.id} AND from_client_id = ${from} AND fence = ${fence}
      AND state = 'taken'`.execute(trx);
  if (numAffectedRows !== 1n) return false;
  if (reached < to) {
    await addRange(trx, { runId: run.id, from: reached + 1, to, isDailyAsked: wasAsked });
  }
  return true;
}

async function addRange(
  trx: Transaction<Database>,
  {
    runId,
    from,
    to,
    isDailyAsked,
  }: Pick<Claim, 'from' | 'to' | 'isDailyAsked'> & { readonly runId: string },
): Promise<void> {
  await trx
    .insertInto('mod_creditbridge_run_ranges')
    .values({
      run_id: runId,
      from_client_id: from,
      to_client_id: to,
      daily_asked: isDailyAsked ? 1 : 0,
    })
    .execute();
}

/**
 * Ranges of client ids without gaps, each with the same number of clients with credit. One pass over the clients; there is
 * always at least one range.
 */
const RANGES = sql`
  SELECT IF(part = 0, 0, first) AS first,
    COALESCE(LEAD(first) OVER (ORDER BY part), ${sql.lit(CLIENT_ID_MAX + 1)}) - 1 AS last
  FROM (
    SELECT part, MIN(id) AS first FROM (
      SELECT 0 AS id, 0 AS part
      UNION ALL
      SELECT id, FLOOR((ROW_NUMBER() OVER (ORDER BY id) - 1) / ${sql.lit(RANGE_CLIENTS)})
      FROM tblclients WHERE credit > 0
    ) AS numbered GROUP BY part
  ) AS firsts`;

function claimable(table: string) {
  return sql`(${sql.ref(`${table}.state`)} = 'open' OR (${sql.ref(`${table}.state`)} = 'taken'
    AND ${sql.ref(`${table}.taken_until`)} < UTC_TIMESTAMP(6)))`;
}

function heldBy({ run, from, fence }: Claim) {
  return sql`run_id = ${run.id} AND from_client_id = ${from} AND fence = ${fence} AND state = 'taken'`;
}

async function runOf(db: Db, date: string): Promise<Run | undefined> {
  const { rows } = await sql<RunRow>`
    SELECT id, local_date, zone, state FROM mod_creditbridge_runs
    WHERE local_date = ${date}`.execute(db);
  return rows[0] === undefined ? undefined : toRun(rows[0]);
}

function toRun({ id, local_date, zone, state }: RunRow): Run {
  return { id, date: local_date, zone, state: readState(state) };
}

const STATES: readonly RunState[] = ['planning', 'planned', 'closing', 'closed'];

function readState(text: string): RunState {
  const state = STATES.find((one) => one === text);
  if (state === undefined) throw new TypeError(`A run cannot be ${text}.`);
  return state;
}
