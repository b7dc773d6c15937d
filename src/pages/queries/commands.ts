import type { Db } from '../../db/index.ts';
import type { UtcText } from '../html/moment.ts';
import {
  type Capped,
  COUNT_CAP,
  type Cursor,
  capped,
  decodeCursor,
  encodeCursor,
  type Listing,
  ROWS_SHOWN,
  toListing,
} from './paging.ts';

export interface CommandRow {
  readonly id: string;
  readonly fact: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly action: string;
  /** JSON, for localAPI. */
  readonly parameters: string;
  readonly amountHundredths: bigint;
  readonly holdHundredths: bigint;
  readonly rule: string;
  readonly decisionId: string | null;
  readonly notBefore: UtcText | null;
  readonly state: string;
  readonly attempts: number;
  readonly reason: string;
  readonly createdAt: UtcText;
  readonly settledAt: UtcText | null;
  readonly currencyId: number | null;
}

export interface CommandCounts {
  readonly open: Capped;
  readonly running: Capped;
  readonly unknown: Capped;
}

/** Of `mod_creditbridge_commands as c`, for lists. */
const COMMAND_COLUMNS = [
  'c.id',
  'c.fact',
  'c.client_id as clientId',
  'c.invoice_id as invoiceId',
  'c.action',
  'c.parameters',
  'c.amount_hundredths as amountHundredths',
  'c.hold_hundredths as holdHundredths',
  'c.rule',
  'c.decision_id as decisionId',
  'c.not_before as notBefore',
  'c.state',
  'c.attempts',
  'c.reason',
  'c.created_at as createdAt',
  'c.settled_at as settledAt',
] as const;

/** Commands as `c`, with the currency of their clients. */
export function selectCommands(db: Db) {
  return db
    .selectFrom('mod_creditbridge_commands as c')
    .leftJoin('tblclients as client', 'client.id', 'c.client_id')
    .select([...COMMAND_COLUMNS, 'client.currency as currencyId']);
}

export const ALL_STATES = ['open', 'running', 'done', 'refused', 'stale', 'unknown'] as const;
/** Few at any time, so that they are found by state alone, in the order in which they are taken. */
export const UNSETTLED_STATES = ['open', 'running', 'unknown'] as const;

/** One index range for each state, so that a client with many commands costs no more than one with few. */
export async function commandsOfClient(
  db: Db,
  clientId: number,
  states: readonly string[],
  after: Cursor,
): Promise<Listing<CommandRow>> {
  const [id] = decodeCursor(after, 1) ?? [];
  const parts = await Promise.all(
    states.map((state) =>
      selectCommands(db)
        .where('c.client_id', '=', clientId)
        .where('c.state', '=', state)
        .$if(id !== undefined, (q) => q.where('c.id', '<', id ?? ''))
        .orderBy('c.id', 'desc')
        .limit(ROWS_SHOWN + 1)
        .execute(),
    ),
  );
  return toListing(newestFirst(parts.flat()), (row) => encodeCursor(row.id));
}

function newestFirst(rows: readonly CommandRow[]): readonly CommandRow[] {
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}

/** What moved a client's credit or deposits, or will: newest first; without what was refused or went stale. */
export async function movingCommands(
  db: Db,
  clientId: number,
  limit: number,
): Promise<readonly CommandRow[]> {
  const { rows } = await commandsOfClient(
    db,
    clientId,
    ['open', 'running', 'unknown', 'done'],
    undefined,
  );
  return rows.slice(0, limit);
}

/** The commands of these decisions, newest first: a decision and its command share an id. */
export async function commandsOfDecisions(
  db: Db,
  ids: readonly string[],
): Promise<readonly CommandRow[]> {
  return ids.length === 0
    ? []
    : selectCommands(db).where('c.id', 'in', ids).orderBy('c.id', 'desc').execute();
}

/** Open commands, those being run, and those whose outcome is not known. */
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
