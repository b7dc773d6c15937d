import {
  CompiledQuery,
  Kysely,
  MysqlDialect,
  type MysqlPool,
  type MysqlPoolConnection,
  sql,
} from 'kysely';
import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2';
import { createConnection } from 'mysql2/promise';
import {
  BIGINTS_AS_TEXT,
  CONNECTIONS_MAX,
  connectionOptions,
  readBigints,
  SESSION_SETUP,
} from './connection-options.ts';
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
      pool: guarded(
        createPool({ ...connectionOptions(databaseUrl, connections), ...BIGINTS_AS_TEXT }),
      ),
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

/** A pool that gives a transaction no second connection. Its connections read BIGINT as bigint. */
function guarded(pool: Pool): MysqlPool {
  const known = new WeakMap<PoolConnection, MysqlPoolConnection>();
  return {
    getConnection(callback) {
      refuseSecondConnection();
      pool.getConnection((error, raw) => {
        if (error !== null) return callback(error, raw);
        // Kysely knows a connection again by the object.
        const connection = known.get(raw) ?? readingBigints(raw);
        known.set(raw, connection);
        callback(null, connection);
      });
    },
    end: (callback) => pool.end(callback),
  };
}

function readingBigints(raw: PoolConnection): MysqlPoolConnection {
  return {
    config: raw.config,
    threadId: raw.threadId,
    connect: (callback) => raw.connect(callback),
    destroy: () => raw.destroy(),
    release: () => raw.release(),
    query(statement, values, callback) {
      if (callback === undefined) throw new TypeError('Rows are read as a whole, not as a stream.');
      return raw.query<RowDataPacket[]>(statement, values, (error, result, fields) => {
        if (Array.isArray(result)) readBigints(result, fields);
        callback(error, result);
      });
    },
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
