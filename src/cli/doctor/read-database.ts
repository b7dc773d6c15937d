import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import {
  compareRights,
  connectionOptions,
  grantStatements,
  lookAtTables,
  parseGrants,
  type RightsDifference,
} from '../../db/index.ts';

/** The server as this account sees it. */
export interface ServerFacts {
  readonly version: string;
  /** Of our own sessions. */
  readonly sqlMode: string;
  /** `user@host`, as the server matched us. */
  readonly account: string;
  readonly database: string;
  /** Unix milliseconds by the server's clock. */
  readonly clockMs: number;
}

export interface TableFacts {
  readonly name: string;
  readonly engine: string | undefined;
  /** What the server says when the columns we need are read; undefined when it reads them. */
  readonly problem: string | undefined;
}

/** What shim and service have told each other, beside what the pages show. */
export interface BridgeFacts {
  readonly schemaNumber: number;
  /** Whether the shim has committed a nonce for us to read. */
  readonly hasNonce: boolean;
  /** The number of the manifest by which hooks are registered now. */
  readonly shimManifest: number;
  /** JSON that `readSnapshot` reads; empty before the shim wrote it. */
  readonly whmcs: string;
  /** JSON that `readTrials` reads. */
  readonly trial: string | null;
}

/** The server as this account sees it. */
export async function readServer(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<Omit<ServerFacts, 'clockMs'> & { readonly clock: string }>`
    SELECT VERSION() AS version, @@SESSION.sql_mode AS sqlMode, CURRENT_USER() AS account,
      DATABASE() AS \`database\`, CAST(UNIX_TIMESTAMP(NOW(6)) * 1000 AS CHAR) AS clock
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('A SELECT without a table gave no row.');
  return { ...row, clockMs: Number(row.clock) };
}

/** What the account may do beyond what it needs. */
export async function readRights(db: Db, databaseUrl: string): Promise<RightsDifference> {
  const { rows } = await sql<Readonly<Record<string, string>>>`SHOW GRANTS`.execute(db);
  const had = parseGrants(rows.flatMap((row) => Object.values(row)));
  return compareRights(await wantedRights(databaseUrl), had);
}

/** The tables of WHMCS that rules read, with the columns we need. */
export async function readWhmcsTables(db: Db, databaseUrl: string): Promise<readonly TableFacts[]> {
  const database = databaseOf(databaseUrl);
  const wanted = await wantedRights(databaseUrl);
  const names = [...wanted.tables.keys()].map((key) => key.slice(database.length + 1));
  const tables = names.filter((name) => name.startsWith('tbl'));
  const engines = await engineByTable(db, tables);
  return Promise.all(
    tables.map(async (name) => {
      const columns = wanted.tables.get(`${database}.${name}`)?.get('SELECT');
      const list = columns === undefined || columns === 'all' ? [] : [...columns];
      return { name, engine: engines.get(name), problem: await tryToRead(db, name, list) };
    }),
  );
}

/** What shim and service have told each other; undefined when the settings row is missing. */
export async function readBridge(db: Db): Promise<BridgeFacts | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_settings')
    .select(['schema_number', 'nonce', 'manifest_number', 'whmcs', 'trial'])
    .where('id', '=', 1)
    .executeTakeFirst();
  return (
    row && {
      schemaNumber: row.schema_number,
      hasNonce: row.nonce !== '',
      shimManifest: row.manifest_number,
      whmcs: row.whmcs,
      trial: row.trial,
    }
  );
}

/** Values of the state table whose names begin so, without that beginning. */
export async function readState(db: Db, prefix: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .selectFrom('mod_creditbridge_state')
    .select(['name', 'value'])
    .where(sql<boolean>`LEFT(name, ${prefix.length}) = ${prefix}`)
    .execute();
  return new Map(rows.map(({ name, value }) => [name.slice(prefix.length), value]));
}

function databaseOf(databaseUrl: string): string {
  return String(connectionOptions(databaseUrl).database);
}

async function wantedRights(databaseUrl: string): Promise<ReturnType<typeof parseGrants>> {
  // An account without any right to the table cannot tell whether the column exists.
  const hasNotes = (await lookAtTables(databaseUrl).catch(() => 'absent')) !== 'absent';
  const database = databaseOf(databaseUrl);
  return parseGrants(grantStatements({ user: '', host: '', database, hasNotes }));
}

async function engineByTable(db: Db, tables: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await sql<{ readonly name: string; readonly engine: string | null }>`
    SELECT table_name AS name, engine AS engine FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name IN (${sql.join(tables)})
  `.execute(db);
  return new Map(rows.flatMap(({ name, engine }) => (engine === null ? [] : [[name, engine]])));
}

/** Reads no row; the server still judges whether table, columns and rights are there. */
async function tryToRead(
  db: Db,
  table: string,
  columns: readonly string[],
): Promise<string | undefined> {
  try {
    const list = sql.join(columns.map((column) => sql.ref(column)));
    await sql`SELECT ${list} FROM ${sql.table(table)} LIMIT 0`.execute(db);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
