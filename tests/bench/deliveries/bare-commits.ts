import { createConnection, type RowDataPacket } from 'mysql2/promise';
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

/** Commits rows that are there already, one transaction for each batch, in the fewest round trips: milliseconds for all. */
export async function commitRows(
  databaseUrl: string,
  rows: WrittenRows,
  { connections, batch }: { readonly connections: number; readonly batch: number },
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
  const statements = TABLES.map((table) => `INSERT INTO mod_creditbridge_${table} VALUES ?;`);
  const sql = `BEGIN; ${statements.join(' ')} COMMIT`;
  let next = 0;
  const ms = await timed(() =>
    Promise.all(
      open.map(async (connection) => {
        for (let from = next; from < rows.deliveries.length; from = next) {
          next = from + batch;
          await connection.query(
            sql,
            TABLES.map((table) => rows[table].slice(from, from + batch)),
          );
        }
      }),
    ),
  );
  await Promise.all(open.map((connection) => connection.end()));
  return ms;
}
