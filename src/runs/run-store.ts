import { sql } from 'kysely';
import { countWaiting } from '../commands/index.ts';
import type { Db } from '../db/index.ts';
import { inTransaction } from '../db/index.ts';
import { createInboxPage, type InboxPageDependencies } from '../deciding/index.ts';
import type { Claim, Run, RunPage, RunState, RunStore } from './ports.ts';
import { createRunPage } from './run-batch.ts';

/**
 * Clients with credit in one page. With a few due invoices each, a page holds some thousand; larger ones only keep more
 * memory alive for longer (measured).
 */
const PAGE_CLIENTS = 500;

/** The largest client id there can be: the last page has no other end, so that nobody who comes later is left out. */
const CLIENT_ID_MAX = 4_294_967_295;

/** Pages looked at for one that can be taken; several, since others take them meanwhile. */
const CANDIDATES = 8;

interface RunRow {
  readonly id: string;
  readonly local_date: string;
  readonly zone: string;
  readonly state: string;
}

/** The daily runs in the database: every claim is a committed conditional UPDATE, by the database's clock. */
export function createRunStore(db: Db, dependencies: InboxPageDependencies): RunStore {
  return {
    async begin({ id, date, zone }) {
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
          INSERT INTO mod_creditbridge_run_pages (run_id, from_client_id, to_client_id)
          SELECT ${id}, ranges.first, ranges.last FROM (${RANGES}) AS ranges`.execute(trx);
      });
      const run = await runOf(db, date);
      if (run === undefined)
        throw new TypeError(`The run of ${date} is not there after it was made.`);
      return run;
    },

    async unfinished() {
      const { rows } = await sql<RunRow>`
        SELECT id, local_date, zone, state FROM mod_creditbridge_runs
        WHERE state IN ('planning', 'closing') ORDER BY started_at DESC LIMIT 1`.execute(db);
      return rows[0] === undefined ? null : toRun(rows[0]);
    },

    async sweep(runId) {
      await inTransaction(db, async (trx) => {
        const { numAffectedRows } = await sql`
          UPDATE mod_creditbridge_runs SET state = 'closing'
          WHERE id = ${runId} AND state IN ('planning', 'planned')`.execute(trx);
        if (numAffectedRows === 0n) return;
        // The fence grows, so that a page which is being planned on what was there before is planned again.
        await sql`
          UPDATE mod_creditbridge_run_pages SET state = 'open', fence = fence + 1, taken_until = NULL
          WHERE run_id = ${runId}`.execute(trx);
      });
    },

    async claim(run, leaseSeconds, except) {
      const left = [...except];
      const { rows } = await sql<{ from_client_id: number; to_client_id: number; fence: bigint }>`
        SELECT p.from_client_id, p.to_client_id, p.fence
        FROM mod_creditbridge_run_pages p JOIN mod_creditbridge_runs r ON r.id = p.run_id
        WHERE p.run_id = ${run.id} AND r.state = ${run.state} AND ${claimable('p')}
          ${left.length === 0 ? sql`` : sql`AND p.from_client_id NOT IN (${sql.join(left)})`}
        ORDER BY RAND() LIMIT ${sql.lit(CANDIDATES)}`.execute(db);
      for (const row of rows) {
        const { numAffectedRows } = await sql`
          UPDATE mod_creditbridge_run_pages p
          SET p.state = 'taken', p.fence = p.fence + 1,
            p.taken_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
          WHERE p.run_id = ${run.id} AND p.from_client_id = ${row.from_client_id}
            AND p.fence = ${row.fence} AND ${claimable('p')}`.execute(db);
        if (numAffectedRows === 1n) {
          const fence = row.fence + 1n;
          return { run, from: row.from_client_id, to: row.to_client_id, fence };
        }
      }
      return null;
    },

    async renew(claim, leaseSeconds) {
      await sql`
        UPDATE mod_creditbridge_run_pages
        SET taken_until = UTC_TIMESTAMP(6) + INTERVAL ${leaseSeconds} SECOND
        WHERE ${heldBy(claim)}`.execute(db);
    },

    async release(claim) {
      await sql`
        UPDATE mod_creditbridge_run_pages SET state = 'open', taken_until = NULL
        WHERE ${heldBy(claim)}`.execute(db);
    },

    async settle(runId) {
      await sql`
        UPDATE mod_creditbridge_runs
        SET planned_at = COALESCE(planned_at, UTC_TIMESTAMP(6)),
          closed_at = IF(state = 'closing', UTC_TIMESTAMP(6), closed_at),
          state = IF(state = 'closing', 'closed', 'planned')
        WHERE id = ${runId} AND state IN ('planning', 'closing') AND NOT EXISTS (
          SELECT 1 FROM mod_creditbridge_run_pages p WHERE p.run_id = ${runId} AND p.state <> 'done'
        )`.execute(db);
    },

    async progress(runId) {
      const { rows } = await sql<{
        state: string;
        decisions: string;
        commands: string;
        left: string;
      }>`
        SELECT r.state, COALESCE(SUM(p.decisions), 0) AS decisions, COALESCE(SUM(p.commands), 0) AS commands,
          COALESCE(SUM(p.state <> 'done'), 0) AS \`left\`
        FROM mod_creditbridge_runs r LEFT JOIN mod_creditbridge_run_pages p ON p.run_id = r.id
        WHERE r.id = ${runId} GROUP BY r.id, r.state`.execute(db);
      const [row] = rows;
      if (row === undefined) throw new TypeError(`There is no run ${runId}.`);
      return {
        state: readState(row.state),
        decisions: Number(row.decisions),
        commands: Number(row.commands),
        // A closed run plans nothing any more, whatever it left.
        left: row.state === 'closed' ? 0 : Number(row.left),
      };
    },

    async ranges() {
      const { rows } = await sql<{ first: bigint | number; last: bigint | number }>`
        ${RANGES}`.execute(db);
      return rows.map(({ first, last }) => ({ from: Number(first), to: Number(last) }));
    },

    transaction<T>(work: (page: RunPage, attempt: number) => Promise<T>): Promise<T> {
      let attempt = 0;
      return inTransaction(db, (trx) => {
        attempt += 1;
        const page = { ...createInboxPage(trx, dependencies), ...createRunPage(trx) };
        return work(page, attempt);
      });
    },

    waiting: () => countWaiting(db, new Date(dependencies.now())),
  };
}

/**
 * Ranges of client ids without a gap between them, each with as many clients that have credit. One pass over the clients;
 * there is always one range.
 */
const RANGES = sql`
  SELECT IF(page = 0, 0, first) AS first,
    COALESCE(LEAD(first) OVER (ORDER BY page), ${sql.lit(CLIENT_ID_MAX + 1)}) - 1 AS last
  FROM (
    SELECT page, MIN(id) AS first FROM (
      SELECT 0 AS id, 0 AS page
      UNION ALL
      SELECT id, FLOOR((ROW_NUMBER() OVER (ORDER BY id) - 1) / ${sql.lit(PAGE_CLIENTS)})
      FROM tblclients WHERE credit > 0
    ) AS numbered GROUP BY page
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
