import type { Db } from '../../db/index.ts';
import {
  ALL_STATES,
  type CommandRow,
  commandsOfClient,
  selectCommands,
  UNSETTLED_STATES,
} from '../queries/commands.ts';
import {
  type Cursor,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_LOOKED_THROUGH,
  ROWS_SHOWN,
  toFilteredListing,
  toListing,
} from '../queries/paging.ts';

export interface CommandFilter {
  readonly state?: string;
  readonly clientId?: number;
}

const cursorOf = (row: CommandRow) => encodeCursor(row.id);

/** Commands, newest first; those that are not settled in the order in which WHMCS takes them. */
export async function listCommands(
  db: Db,
  filter: CommandFilter,
  after: Cursor,
): Promise<Listing<CommandRow>> {
  if (filter.clientId !== undefined) {
    const states = filter.state === undefined ? ALL_STATES : [filter.state];
    return commandsOfClient(db, filter.clientId, states, after);
  }
  if (filter.state !== undefined && UNSETTLED_STATES.some((one) => one === filter.state)) {
    return unsettled(db, filter.state, after);
  }
  return ofAll(db, filter.state, after);
}

async function unsettled(db: Db, state: string, after: Cursor): Promise<Listing<CommandRow>> {
  const [urgency, at, id] = decodeCursor(after, 3) ?? [];
  const rows = await selectCommands(db)
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

/** By the primary key, since UUIDv7 sort by time; the state filters the rows looked through. */
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
    selectCommands(db)
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
