import type { Db } from '../../db/index.ts';
import type {
  CommandCounts,
  CommandDetail,
  CommandFilter,
  CommandRow,
  Cursor,
  Listing,
} from '../ports.ts';
import { COMMAND_COLUMNS, COMMAND_DETAIL_COLUMNS } from './columns.ts';
import {
  COUNT_CAP,
  capped,
  decodeCursor,
  encodeCursor,
  ROWS_LOOKED_THROUGH,
  ROWS_SHOWN,
  toFilteredListing,
  toListing,
} from './paging.ts';

const CURRENCY = 'client.currency as currencyId';
const ALL_STATES = ['open', 'running', 'done', 'refused', 'stale', 'unknown'] as const;
/** Few at any time, so that they are found by state alone, in the order in which they are taken. */
const UNSETTLED_STATES: readonly string[] = ['open', 'running', 'unknown'];

const cursorOf = (row: CommandRow) => encodeCursor(row.id);

/** Commands, newest first; those that are not settled in the order in which WHMCS takes them. */
export async function listCommands(
  db: Db,
  filter: CommandFilter,
  after: Cursor,
): Promise<Listing<CommandRow>> {
  if (filter.clientId !== undefined) {
    const states = filter.state === undefined ? ALL_STATES : [filter.state];
    return ofClient(db, filter.clientId, states, after);
  }
  if (filter.state !== undefined && UNSETTLED_STATES.includes(filter.state)) {
    return unsettled(db, filter.state, after);
  }
  return ofAll(db, filter.state, after);
}

/** One index range for each state, so that a client with many commands costs no more than one with few. */
async function ofClient(
  db: Db,
  clientId: number,
  states: readonly string[],
  after: Cursor,
): Promise<Listing<CommandRow>> {
  const [id] = decodeCursor(after, 1) ?? [];
  const parts = await Promise.all(
    states.map((state) =>
      withClient(db)
        .where('c.client_id', '=', clientId)
        .where('c.state', '=', state)
        .$if(id !== undefined, (q) => q.where('c.id', '<', id ?? ''))
        .orderBy('c.id', 'desc')
        .limit(ROWS_SHOWN + 1)
        .execute(),
    ),
  );
  return toListing(newestFirst(parts.flat()), cursorOf);
}

async function unsettled(db: Db, state: string, after: Cursor): Promise<Listing<CommandRow>> {
  const [urgency, at, id] = decodeCursor(after, 3) ?? [];
  const rows = await withClient(db)
    .select('c.urgency')
    .where('c.state', '=', state)
    .$if(id !== undefined, (q) =>
      q.where(({ eb, and, or }) =>
        and([
          eb('c.urgency', '>=', Number(urgency)),
          or([
            eb('c.urgency', '>', Number(urgency)),
            eb('c.created_at', '>', at ?? ''),
            and([eb('c.created_at', '=', at ?? ''), eb('c.id', '>', id ?? '')]),
          ]),
        ]),
      ),
    )
    .orderBy('c.urgency')
    .orderBy('c.created_at')
    .orderBy('c.id')
    .limit(ROWS_SHOWN + 1)
    .execute();
  return toListing(rows, (row) => encodeCursor(row.urgency, row.createdAt, row.id));
}

/** By the primary key, whose UUIDv7 tell the time; the state filters what was looked through. */
async function ofAll(
  db: Db,
  state: string | undefined,
  after: Cursor,
): Promise<Listing<CommandRow>> {
  const [id] = decodeCursor(after, 1) ?? [];
  const window = db
    .selectFrom('mod_creditbridge_commands')
    .select('id')
    .$if(id !== undefined, (q) => q.where('id', '<', id ?? ''))
    .orderBy('id', 'desc');
  const rowsOf = (limit: number) =>
    withClient(db)
      .innerJoin(window.limit(limit).as('w'), 'w.id', 'c.id')
      .$if(state !== undefined, (q) => q.where('c.state', '=', state ?? ''))
      .orderBy('w.id', 'desc')
      .limit(ROWS_SHOWN + 1)
      .execute();
  if (state === undefined) {
    return toListing(await rowsOf(ROWS_SHOWN + 1), cursorOf);
  }
  const [rows, end] = await Promise.all([
    rowsOf(ROWS_LOOKED_THROUGH),
    window
      .limit(1)
      .offset(ROWS_LOOKED_THROUGH - 1)
      .executeTakeFirst(),
  ]);
  return toFilteredListing(rows, cursorOf, {
    end: end === undefined ? undefined : encodeCursor(end.id),
  });
}

export async function findCommand(db: Db, id: string): Promise<CommandDetail | undefined> {
  return withClient(db).select(COMMAND_DETAIL_COLUMNS).where('c.id', '=', id).executeTakeFirst();
}

/** By their ids: a decision and its command share one. */
export async function commandsById(db: Db, ids: readonly string[]): Promise<readonly CommandRow[]> {
  return ids.length === 0
    ? []
    : withClient(db).where('c.id', 'in', ids).orderBy('c.id', 'desc').execute();
}

export async function clientCommands(
  db: Db,
  clientId: number,
  limit: number,
): Promise<readonly CommandRow[]> {
  const { rows } = await ofClient(db, clientId, ['open', 'running', 'unknown', 'done'], undefined);
  return rows.slice(0, limit);
}

/** Commands without a client are those that set WHMCS's settings. */
export async function configurationCommands(db: Db, limit: number): Promise<readonly CommandRow[]> {
  const { rows } = await ofClient(db, 0, ALL_STATES, undefined);
  return rows.filter(({ action }) => action === 'SetConfigurationValue').slice(0, limit);
}

export async function commandCounts(db: Db): Promise<CommandCounts> {
  const [open, running, unknown] = await Promise.all(
    UNSETTLED_STATES.map(async (state) => {
      const { n } = await db
        .selectFrom(
          db
            .selectFrom('mod_creditbridge_commands')
            .select('id')
            .where('state', '=', state)
            .limit(COUNT_CAP + 1)
            .as('some'),
        )
        .select(({ fn }) => fn.countAll<bigint>().as('n'))
        .executeTakeFirstOrThrow();
      return capped(Number(n));
    }),
  );
  const none = capped(0);
  return { open: open ?? none, running: running ?? none, unknown: unknown ?? none };
}

function newestFirst(rows: readonly CommandRow[]): readonly CommandRow[] {
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

function withClient(db: Db) {
  return db
    .selectFrom('mod_creditbridge_commands as c')
    .leftJoin('tblclients as client', 'client.id', 'c.client_id')
    .select([...COMMAND_COLUMNS, CURRENCY]);
}
