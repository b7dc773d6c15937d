import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { parseUtc, type UtcText } from '../html/moment.ts';
import { type DecisionRow, selectDecisions } from '../queries/decisions.ts';
import { type Capped, COUNT_CAP, capped, ROWS_LOOKED_THROUGH } from '../queries/paging.ts';

export interface RunRow {
  readonly id: string;
  /** WHMCS's local date. */
  readonly localDate: string;
  readonly state: string;
  /** Ranges of clients, and those that are planned. */
  readonly ranges: number;
  readonly rangesDone: number;
  readonly decisions: number;
  readonly commands: number;
  /** Commands made since it began that still wait; those of other days are not its. */
  readonly open: Capped;
  readonly startedAt: UtcText;
  readonly plannedAt: UtcText | null;
  readonly closedAt: UtcText | null;
}

export interface Figures {
  readonly sums: readonly {
    readonly kind: 'applied' | 'granted' | 'removed' | 'cancelled';
    readonly currencyId: number;
    readonly hundredths: bigint;
    readonly count: number;
  }[];
  /** There are more commands than were counted. */
  readonly more: boolean;
}

export interface NoticeRow {
  readonly fact: string;
  readonly level: string;
  readonly rule: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
  readonly createdAt: UtcText;
}

/** The run that began last, with what its ranges planned; a range holds a thousand clients, so there are few to add up. */
export async function latestRun(db: Db): Promise<RunRow | undefined> {
  const run = await db
    .selectFrom('mod_creditbridge_runs')
    .select(['id', 'local_date as localDate', 'state'])
    .select(['started_at as startedAt', 'planned_at as plannedAt', 'closed_at as closedAt'])
    .orderBy('started_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (run === undefined) {
    return undefined;
  }
  const planned = await db
    .selectFrom('mod_creditbridge_run_ranges')
    .select(({ fn }) => [
      fn.countAll<bigint>().as('ranges'),
      sql<string | null>`SUM(state = 'done')`.as('done'),
      sql<string | null>`SUM(decisions)`.as('decisions'),
      sql<string | null>`SUM(commands)`.as('commands'),
    ])
    .where('run_id', '=', run.id)
    .executeTakeFirstOrThrow();
  return {
    ...run,
    ranges: Number(planned.ranges),
    rangesDone: Number(planned.done ?? 0),
    decisions: Number(planned.decisions ?? 0),
    commands: Number(planned.commands ?? 0),
    open: await openSince(db, parseUtc(run.startedAt)),
  };
}

async function openSince(db: Db, since: Date): Promise<Capped> {
  const open = db
    .selectFrom('mod_creditbridge_commands')
    .select('id')
    .where('state', '=', 'open')
    .where('id', '>=', smallestId(since))
    .limit(COUNT_CAP + 1);
  const { n } = await db
    .selectFrom(open.as('some'))
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .executeTakeFirstOrThrow();
  return capped(Number(n));
}

/** Sums of the newest commands made since then and done by now, as many as may be looked through. */
export async function figuresSince(db: Db, since: Date): Promise<Figures> {
  const window = db
    .selectFrom('mod_creditbridge_commands')
    .select(['id', 'client_id', 'action', 'state', 'amount_hundredths', 'hold_hundredths'])
    .where('id', '>=', smallestId(since))
    .orderBy('id', 'desc');
  const [rows, beyond] = await Promise.all([
    db
      .selectFrom(window.limit(ROWS_LOOKED_THROUGH).as('c'))
      .innerJoin('tblclients as client', 'client.id', 'c.client_id')
      .select(['c.action', 'client.currency as currencyId'])
      .select(sql<number>`c.hold_hundredths > 0`.as('takes'))
      .select(sql<string>`SUM(c.amount_hundredths)`.as('hundredths'))
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .where('c.state', '=', 'done')
      .where('c.action', 'in', ['ApplyCredit', 'AddCredit', 'UpdateInvoice'])
      .groupBy(['c.action', 'client.currency', sql`c.hold_hundredths > 0`])
      .execute(),
    window.clearSelect().select('id').limit(1).offset(ROWS_LOOKED_THROUGH).executeTakeFirst(),
  ]);
  return {
    sums: rows.map((row) => ({
      kind: kindOf(row.action, Number(row.takes) === 1),
      currencyId: row.currencyId,
      hundredths: BigInt(row.hundredths),
      count: Number(row.count),
    })),
    more: beyond !== undefined,
  };
}

function kindOf(action: string, takes: boolean): Figures['sums'][number]['kind'] {
  if (action === 'ApplyCredit') {
    return 'applied';
  }
  if (action === 'UpdateInvoice') {
    return 'cancelled';
  }
  return takes ? 'removed' : 'granted';
}

/** The smallest UUIDv7 of a moment: its first 48 bits are the milliseconds. */
function smallestId(at: Date): string {
  const milliseconds = at.getTime().toString(16).padStart(12, '0');
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-0000-0000-000000000000`;
}

/** Notices that nobody has acknowledged, newest first. */
export async function openNotices(db: Db, limit: number): Promise<readonly NoticeRow[]> {
  return db
    .selectFrom('mod_creditbridge_notices')
    .select(['fact', 'level', 'rule', 'client_id as clientId', 'invoice_id as invoiceId'])
    .select(['text', 'created_at as createdAt'])
    .where('seen_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();
}

/** The newest among those looked through that moved something, or would have. */
export async function latestDecisions(db: Db, limit: number): Promise<readonly DecisionRow[]> {
  const window = db
    .selectFrom('mod_creditbridge_decisions')
    .select(['id', 'last_at'])
    .orderBy('last_at', 'desc')
    .limit(ROWS_LOOKED_THROUGH / 10);
  return selectDecisions(db)
    .innerJoin(window.as('w'), 'w.id', 'd.id')
    .where('d.outcome', '!=', 'skipped')
    .orderBy('w.last_at', 'desc')
    .limit(limit)
    .execute();
}

/** Differences and findings that need an admin. */
export interface OpenCounts {
  readonly drifts: Capped;
  readonly findings: Capped;
}

export async function countOpen(db: Db): Promise<OpenCounts> {
  const most = COUNT_CAP + 1;
  const { rows } = await sql<{ drifts: number | bigint; findings: number | bigint }>`
    SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_drifts WHERE state = 'open' LIMIT ${most}) d) AS drifts,
      (SELECT COUNT(*) FROM (SELECT 1 FROM mod_creditbridge_findings WHERE outcome = 'open' LIMIT ${most}) f) AS findings`.execute(
    db,
  );
  return { drifts: capped(Number(rows[0]?.drifts)), findings: capped(Number(rows[0]?.findings)) };
}
