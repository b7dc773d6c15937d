import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { toMoment } from '../../db/index.ts';
import type { Backlog, Capped, Figures, NoticeRow, RunRow } from '../ports.ts';
import { COUNT_CAP, capped, ROWS_LOOKED_THROUGH } from './paging.ts';

/** What the shim has not sent yet; the oldest is the one that waits longest. */
export async function readBacklog(db: Db): Promise<Backlog> {
  const spool = db.selectFrom('mod_creditbridge_spool');
  const [oldest, { n }] = await Promise.all([
    // Ids are UUIDv7: the smallest is the oldest.
    spool.select(['created_at', 'last_error']).orderBy('id').limit(1).executeTakeFirst(),
    db
      .selectFrom(
        spool
          .select('id')
          .limit(COUNT_CAP + 1)
          .as('some'),
      )
      .select(({ fn }) => fn.countAll<bigint>().as('n'))
      .executeTakeFirstOrThrow(),
  ]);
  return {
    waiting: capped(Number(n)),
    oldestAt: oldest?.created_at ?? null,
    lastError: oldest?.last_error ?? '',
  };
}

/** The run that began last, with what its pages planned; a page holds a thousand clients, so there are few to add up. */
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
      fn.countAll<bigint>().as('pages'),
      sql<string | null>`SUM(state = 'done')`.as('done'),
      sql<string | null>`SUM(decisions)`.as('decisions'),
      sql<string | null>`SUM(commands)`.as('commands'),
    ])
    .where('run_id', '=', run.id)
    .executeTakeFirstOrThrow();
  return {
    ...run,
    pages: Number(planned.pages),
    pagesDone: Number(planned.done ?? 0),
    decisions: Number(planned.decisions ?? 0),
    commands: Number(planned.commands ?? 0),
  };
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

export async function refusedSince(db: Db, since: Date): Promise<Capped> {
  const { n } = await db
    .selectFrom(
      db
        .selectFrom('mod_creditbridge_deliveries')
        .select('id')
        .where('outcome', '=', 'refused')
        .where('received_at', '>=', toMoment(since))
        .limit(COUNT_CAP + 1)
        .as('some'),
    )
    .select(({ fn }) => fn.countAll<bigint>().as('n'))
    .executeTakeFirstOrThrow();
  return capped(Number(n));
}

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
