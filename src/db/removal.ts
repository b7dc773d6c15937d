import { sql } from 'kysely';
import { sharedTables } from '../../bridge/index.ts';
import type { Db } from './connect.ts';
import { OWN_TABLES, quoteAccount, quoteName, quoteText } from './rights.ts';

/**
 * The statements that remove everything of ours from the database, without semicolons: first the account of the service, so that
 * nothing works on half of the tables, then the tables. The last one prints what is left: nothing. No foreign key ties the tables,
 * so their order does not matter.
 */
export async function removalStatements(db: Db): Promise<readonly string[]> {
  const { database, user, host, seen } = await look(db);
  const tables = [...new Set([...sharedTables, ...OWN_TABLES, ...seen])].toSorted();
  const named = tables.map((table) => `  ${quoteName(database)}.${quoteName(table)}`);
  return [
    `DROP USER IF EXISTS ${quoteAccount(user, host)}`,
    `DROP TABLE IF EXISTS\n${named.join(',\n')}`,
    `SELECT table_name AS still_there FROM information_schema.tables\n  WHERE table_schema = ${quoteText(database)} AND table_name LIKE 'mod\\_creditbridge\\_%'`,
  ];
}

/** The account as the server knows it, and the tables that it sees: after going back to an older release, newer ones too. */
async function look(db: Db) {
  const { rows } = await sql<{ account: string; database: string }>`
    SELECT CURRENT_USER() AS account, DATABASE() AS \`database\``.execute(db);
  const [{ account = '', database = '' } = {}] = rows;
  const at = account.lastIndexOf('@');
  const tables = await sql<{ name: string }>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = DATABASE() AND table_name LIKE 'mod\\_creditbridge\\_%'`.execute(db);
  return {
    database,
    user: account.slice(0, at),
    host: account.slice(at + 1),
    seen: tables.rows.map(({ name }) => name),
  };
}
