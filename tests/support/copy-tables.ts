import { tablesOf } from './tables-of.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

/** A copy of tables as they are now, as a dump has it; `restore` puts them back, with the ids that come next. */
export interface TableCopy {
  restore(): Promise<void>;
}

/** Copies the named tables, or all of the database, into a database beside it, which `drop` of the test's server removes. */
export async function copyTables(
  database: WhmcsDatabase,
  tables?: readonly string[],
): Promise<TableCopy> {
  const copy = `${database.name}_copy`;
  const named = tables ?? (await tablesOf(database));
  await database.query(`DROP DATABASE IF EXISTS ${copy}`);
  await database.query(`CREATE DATABASE ${copy}`);
  for (const table of named) {
    await database.query(`CREATE TABLE ${copy}.${table} LIKE ${database.name}.${table}`);
    await copyRows(database, table, database.name, copy);
  }
  return {
    async restore() {
      for (const table of named) {
        await database.query(`DELETE FROM ${table}`);
        await copyRows(database, table, copy, database.name);
        await database.query(`ALTER TABLE ${table} AUTO_INCREMENT = 1`);
      }
      await database.query(`DROP DATABASE ${copy}`);
    },
  };
}

/** Copies all rows of a table from one database of the server into another one. Generated columns follow by themselves. */
export async function copyRows(
  { query }: WhmcsDatabase,
  table: string,
  from: string,
  to: string,
): Promise<void> {
  const stored = await query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = ? AND table_name = ? AND COALESCE(generation_expression, '') = ''
     ORDER BY ordinal_position`,
    [from, table],
  );
  const columns = stored.map(({ name }) => `\`${name}\``).join(', ');
  await query(`INSERT INTO ${to}.${table} (${columns}) SELECT ${columns} FROM ${from}.${table}`);
}
