import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { aboutClients, type Holding, holdings } from './holdings.ts';

/** One stored row about a client, and its table. */
export interface StoredRow {
  readonly table: string;
  readonly row: Readonly<Record<string, unknown>>;
}

type Place = Pick<Holding, 'table' | 'from' | 'client' | 'where'>;

/** Where rows about a client stand of which we erase nothing: figures, days and numbers, and commands, which are the shim's. */
const others: readonly Place[] = (
  [
    'mod_creditbridge_accounts',
    'mod_creditbridge_alone',
    'mod_creditbridge_commands',
    'mod_creditbridge_decisions',
    'mod_creditbridge_draw_downs',
    'mod_creditbridge_drifts',
    'mod_creditbridge_grants',
    'mod_creditbridge_invoice_choices',
    'mod_creditbridge_kept_off',
    'mod_creditbridge_noted_limits',
    'mod_creditbridge_reservations',
    'mod_creditbridge_unfunded',
  ] as const
).map((table) => ({ table, from: sql`${sql.table(table)} t`, client: sql`t.client_id` }));

/** Reads everything that we keep about a client, table by table. */
export async function* showClient(db: Db, clientId: number): AsyncGenerator<StoredRow> {
  for (const place of [...holdings, ...others]) {
    const { rows } = await sql<Record<string, unknown>>`
      SELECT t.* FROM ${place.from} WHERE ${aboutClients(place, [clientId])}`.execute(db);
    for (const row of rows) yield { table: place.table, row };
  }
}
