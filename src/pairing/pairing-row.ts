import { type RawBuilder, sql } from 'kysely';
import { type Place, place } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';

/** Name of the state row with the version of the shim that paired last. */
export const SHIM_VERSION = 'shim-version';

const NO_SUCH_TABLE = 1146;
const NO_SUCH_VARIABLE = 1193;

/** The settings row, read through the service's own connection, and where that connection leads. */
export interface PairingRow {
  readonly installation: string;
  readonly state: string;
  /** The shim commits it before it asks; empty before the first time. */
  readonly nonce: string;
  /** JSON that `readFingerprint` reads. */
  readonly fingerprint: string;
  /** Not empty while the database seems to be restored (bridge/README.md, "The settings row"). */
  readonly halted: string;
  readonly haltedReason: string;
  /** Where the database is, as the server of this connection tells. */
  readonly place: Place;
}

/** The settings row of the shim, as this connection sees it; undefined while the addon is not activated in this database. */
export async function readPairingRow(db: Db): Promise<PairingRow | undefined> {
  try {
    return await read(db);
  } catch (error) {
    if (errorNumber(error) === NO_SUCH_TABLE) return undefined;
    throw error;
  }
}

/** Stores a sign of life for the shim. */
export async function markSeen(db: Db, serviceVersion: string): Promise<void> {
  await db
    .updateTable('mod_creditbridge_settings')
    .set({ service_seen_at: sql<string>`UTC_TIMESTAMP(6)`, service_version: serviceVersion })
    .where('id', '=', 1)
    .execute();
}

/** Stores the version of the shim that paired last, for the admin who compares both sides. */
export async function rememberShim(db: Db, version: string): Promise<void> {
  await db
    .insertInto('mod_creditbridge_state')
    .values({ name: SHIM_VERSION, value: version })
    .onDuplicateKeyUpdate({ value: version })
    .execute();
}

async function read(db: Db): Promise<PairingRow | undefined> {
  const serverId = await serverIdIn(db);
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select(['installation', 'state', 'nonce', 'fingerprint'])
    .select(['halted', 'halted_reason as haltedReason'])
    .select([serverId.as('server'), sql<string>`@@hostname`.as('host')])
    .select([sql<bigint>`@@port`.as('port'), sql<string>`@@datadir`.as('directory')])
    .select(sql<string>`DATABASE()`.as('name'))
    .where('id', '=', 1)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { server, host, port, directory, name, ...rest } = row;
  return { ...rest, place: place.parse({ server, host, port: Number(port), directory, name }) };
}

/** How the server of these connections tells its id; asked once. */
const serverIds = new WeakMap<Db, RawBuilder<string>>();

async function serverIdIn(db: Db): Promise<RawBuilder<string>> {
  const serverId = serverIds.get(db) ?? (await findServerId(db));
  serverIds.set(db, serverId);
  return serverId;
}

/** MySQL has `server_uuid`; MariaDB has `server_uid`, since 10.6.19, 10.11.9 and 11.4.3. */
async function findServerId(db: Db): Promise<RawBuilder<string>> {
  for (const variable of ['@@server_uuid', '@@server_uid']) {
    const expression = sql.raw<string>(variable);
    try {
      await sql`SELECT ${expression}`.execute(db);
      return expression;
    } catch (error) {
      if (errorNumber(error) !== NO_SUCH_VARIABLE) throw error;
    }
  }
  return sql<string>`''`;
}

function errorNumber(error: unknown): unknown {
  return error instanceof Error && 'errno' in error ? error.errno : undefined;
}
