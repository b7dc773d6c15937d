import { sql } from 'kysely';
import { sharedTables } from '../../bridge/index.ts';
import type { Db } from './connect.ts';
import { OWN_TABLES, quoteAccount, quoteName, quoteText } from './rights.ts';

/**
 * The statements that remove everything of ours from the database, without semicolons: first the account of the service, so that
 * nothing works on half of the tables, then the tables. After going back to an older release there are tables of the newer one, which
 * the account need not see, so the administrator's own connection looks for them. The last statement prints what is left: nothing.
 * No foreign key ties the tables, so their order does not matter.
 */
export async function removalStatements(db: Db): Promise<readonly string[]> {
  const { database, user, host } = await look(db);
  const tables = [...sharedTables, ...OWN_TABLES].toSorted();
  const named = tables.map((table) => `  ${quoteName(database)}.${quoteName(table)}`);
  const left = `FROM information_schema.tables\n  WHERE table_schema = ${quoteText(database)} AND table_name LIKE 'mod\\_creditbridge\\_%'`;
  const oneLeft = `CONCAT(${quoteText(`${quoteName(database)}.`)}, '\`', table_name, '\`')`;
  return [
    `DROP USER IF EXISTS ${quoteAccount(user, host)}`,
    `DROP TABLE IF EXISTS\n${named.join(',\n')}`,
    `SELECT COALESCE(CONCAT('DROP TABLE ', GROUP_CONCAT(${oneLeft})), 'DO 0') INTO @creditbridge_newer\n  ${left}`,
    'PREPARE creditbridge_newer FROM @creditbridge_newer',
    'EXECUTE creditbridge_newer',
    'DEALLOCATE PREPARE creditbridge_newer',
    `SELECT table_name AS still_there ${left}`,
  ];
}

/** The account as the server knows it. */
async function look(db: Db) {
  const { rows } = await sql<{ account: string; database: string }>`
    SELECT CURRENT_USER() AS account, DATABASE() AS \`database\``.execute(db);
  const [{ account = '', database = '' } = {}] = rows;
  const at = account.lastIndexOf('@');
  return { database, user: account.slice(0, at), host: account.slice(at + 1) };
}
