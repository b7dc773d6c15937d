import { CompiledQuery, Kysely, MysqlDialect } from 'kysely';
import { createPool } from 'mysql2';
import { CONNECTIONS_MAX, connectionOptions, SESSION_SETUP } from './connection-options.ts';
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
  return new Kysely<Database>({
    dialect: new MysqlDialect({
      pool: createPool(connectionOptions(databaseUrl, connections)),
      async onCreateConnection(connection) {
        for (const statement of SESSION_SETUP) {
          await connection.executeQuery(CompiledQuery.raw(statement));
        }
      },
    }),
  });
}
