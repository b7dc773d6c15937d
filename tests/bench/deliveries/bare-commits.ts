import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import type { ServiceDatabase } from '../../support/service-database.ts';
import { timed } from '../measure.ts';

type Values = readonly unknown[];

/** What the service wrote, by table, in the order of the clients; a delivery has one row in each. */
export type WrittenRows = Readonly<Record<(typeof TABLES)[number], readonly Values[]>>;

const TABLES = ['deliveries', 'clients', 'commands', 'decisions'] as const;

export async function readWrittenRows(database: ServiceDatabase): Promise<WrittenRows> {
  const read = async (table: string): Promise<readonly Values[]> => {
    const [rows] = await database.root.query<RowDataPacket[][]>({
      sql: `SELECT * FROM mod_creditbridge_${table} ORDER BY client_id`,
      rowsAsArray: true,
    });
    return rows;
  };
  const [deliveries, clients, commands, decisions] = await Promise.all(TABLES.map(read));
  return {
    deliveries: deliveries ?? [],
    clients: clients ?? [],
    commands: commands ?? [],
    decisions: decisions ?? [],
  };
}

interface CommitOptions {
  readonly connections: number;
  /** Rows of each table in one transaction. */
  readonly batch: number;
  /** `statements`: one after the other, as applications do. `one-trip`: all of a transaction in one round trip. */
  readonly by: 'statements' | 'one-trip';
}

/** Commits rows that are there already, one transaction for each batch: milliseconds for all. */
export async function commitRows(
  databaseUrl: string,
  rows: WrittenRows,
  { connections, batch, by }: CommitOptions,
): Promise<number> {
  const open = await Promise.all(
    Array.from({ length: connections }, () =>
      createConnection({
        uri: databaseUrl,
        multipleStatements: true,
        charset: 'utf8mb4_unicode_ci',
        dateStrings: true,
      }),
    ),
  );
  for (const connection of open) {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
  }
  const inserts = TABLES.map((table) => `INSERT INTO mod_creditbridge_${table} VALUES ?`);
  const commit = async (connection: Connection, from: number): Promise<void> => {
    const values = TABLES.map((table) => rows[table].slice(from, from + batch));
    if (by === 'one-trip') {
      await connection.query(`BEGIN; ${inserts.join('; ')}; COMMIT`, values);
      return;
    }
    await connection.query('BEGIN');
    for (const [index, insert] of inserts.entries())
      await connection.query(insert, [values[index]]);
    await connection.query('COMMIT');
  };
  let next = 0;
  const ms = await timed(() =>
    Promise.all(
      open.map(async (connection) => {
        for (let from = next; from < rows.deliveries.length; from = next) {
          next = from + batch;
          await commit(connection, from);
        }
      }),
    ),
  );
  await Promise.all(open.map((connection) => connection.end()));
  return ms;
}
