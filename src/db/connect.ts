import { CompiledQuery, Kysely, MysqlDialect, type MysqlPool, sql } from 'kysely';
import { createPool, type Pool } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import { CONNECTIONS_MAX, connectionOptions, SESSION_SETUP } from './connection-options.ts';
import { lookWith, type Notes, type NotesColumn, notesOf } from './notes-column.ts';
import { refuseSecondConnection } from './own-connection.ts';
import type { Database } from './tables.ts';

/** The service's connections to the database of WHMCS. */
export type Db = Kysely<Database>;

/**
 * Opens a pool; it connects at the first query. Every connection reads committed rows, in UTC, and can read zero dates.
 * Amounts never become floats. Close the pool with `destroy()`.
 *
 * @throws {StorageError} `database-url-invalid`.
 */
export function connect(databaseUrl: string, connections = CONNECTIONS_MAX): Db {
  const notes = notesOf(databaseUrl);
  const db = new Kysely<Database>({
    dialect: new MysqlDialect({
      pool: guarded(createPool(connectionOptions(databaseUrl, connections))),
      async onCreateConnection(connection) {
        for (const statement of SESSION_SETUP) {
          await connection.executeQuery(CompiledQuery.raw(statement));
        }
        await notes.look((statement) => connection.executeQuery(CompiledQuery.raw(statement)));
      },
    }),
  });
  notesOfDb.set(db, notes);
  return db;
}

/** A pool that gives a transaction no second connection. */
function guarded(pool: Pool): MysqlPool {
  return {
    getConnection(callback) {
      refuseSecondConnection();
      pool.getConnection(callback);
    },
    end: (callback) => pool.end(callback),
  };
}

/**
 * Asks once, without a pool, what `tblaccounts` has; for `creditbridge grants`, whose account may have no rights yet.
 *
 * @throws what the driver throws when the account may not connect or may read nothing of the table.
 */
export async function lookAtTables(databaseUrl: string): Promise<NotesColumn> {
  const connection = await createConnection(connectionOptions(databaseUrl, 1));
  try {
    return await lookWith(async (statement) => (await connection.query(statement))[0]);
  } finally {
    connection.destroy();
  }
}

const notesOfDb = new WeakMap<Db, Notes>();

/**
 * Looks again how `tblaccounts` tells notes from money: an upgrade of WHMCS, or of our rights, changes it.
 *
 * @param within a transaction of `db`. What it reads of `tblaccounts` then stays true until its end, because no upgrade can
 * change a table that a transaction has read.
 */
export async function lookAtNotes(db: Db, within: Db = db): Promise<NotesColumn> {
  const notes = notesOfDb.get(db);
  if (notes === undefined) throw new TypeError('Only what `connect` opened can be looked at.');
  return notes.look((statement) => sql.raw(statement).execute(within));
}
