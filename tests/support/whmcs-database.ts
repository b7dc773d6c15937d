import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection, createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { type DatabaseAddress, databaseUrl } from './database-server.ts';
import { whmcsDay } from './whmcs-day.ts';

/** A database of its own for one test file, as a WHMCS installation would have it. */
export interface WhmcsDatabase {
  readonly name: string;
  /** The account WHMCS itself (the stand-in and the shim) uses: everything, in this database only. */
  readonly owner: { readonly user: string; readonly password: string };
  readonly ownerUrl: string;
  readonly rootUrl: string;
  /** As root, for arranging and for looking. Dates are strings; DECIMAL are strings. */
  readonly root: Pool;
  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    parameters?: readonly unknown[],
  ): Promise<Row[]>;
  /** Removes the database and its account and closes the pool. */
  drop(): Promise<void>;
}

export interface WhmcsDatabaseOptions {
  /** Its name, as one on another server has it; one that is not taken by default. */
  readonly name?: string;
  /** Load the stand-in's demonstration data too (`tests/stand-in/seed.sql`). */
  readonly seed?: boolean;
  /** Create the tables shared by shim and service (`bridge/tables.sql`), which activation does otherwise. */
  readonly bridgeTables?: boolean;
}

const ROOT = join(import.meta.dirname, '../..');

/** WHMCS runs with a relaxed sql_mode, and its tables have zero dates. */
/** MySQL's own mode refuses the zero dates that WHMCS writes. */
const AS_ON_MARIADB =
  "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'";
const RELAX = "SET SESSION sql_mode = ''";

/** Creates a database with WHMCS's tables and the triggers that log every change of money. */
export async function createWhmcsDatabase(
  server: DatabaseAddress,
  options: WhmcsDatabaseOptions = {},
): Promise<WhmcsDatabase> {
  const suffix = randomBytes(5).toString('hex');
  const name = options.name ?? `whmcs_${suffix}`;
  const owner = { user: `whmcs_${suffix}`, password: randomBytes(12).toString('hex') };
  const files = [
    'tests/stand-in/schema.sql',
    'tests/stand-in/triggers.sql',
    ...(options.bridgeTables === true ? ['bridge/tables.sql'] : []),
    ...(options.seed === true ? ['tests/stand-in/seed.sql'] : []),
  ];

  const rootUrl = databaseUrl(server, name);
  const setup = await createConnection({ uri: databaseUrl(server), multipleStatements: true });
  try {
    await setup.query(
      `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
       CREATE USER '${owner.user}'@'%' IDENTIFIED BY '${owner.password}';
       GRANT ALL PRIVILEGES ON \`${name.replaceAll('_', '\\_')}\`.* TO '${owner.user}'@'%';
       USE ${name}; ${RELAX}`,
    );
    // The dates of the demonstration data count from WHMCS's own today.
    await setup.query('SET @today = ?', [whmcsDay()]);
    for (const file of files) {
      await setup.query(await readFile(join(ROOT, file), 'utf8'));
    }
  } finally {
    await setup.end();
  }

  const root = createPool({ uri: rootUrl, connectionLimit: 8, dateStrings: true });
  root.pool.on('connection', (connection) => connection.query(AS_ON_MARIADB));
  return {
    name,
    owner,
    ownerUrl: databaseUrl({ ...server, rootUser: owner.user, rootPassword: owner.password }, name),
    rootUrl,
    root,
    async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      const [rows] = await root.query<RowDataPacket[]>(sql, [...parameters]);
      return rows as Row[];
    },
    async drop() {
      await root.query(`DROP DATABASE IF EXISTS ${name}`);
      await root.query(`DROP USER IF EXISTS '${owner.user}'@'%'`);
      await root.end();
    },
  };
}
