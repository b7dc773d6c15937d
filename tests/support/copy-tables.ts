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
  const named = tables ?? (await allTables(database));
  await database.query(`DROP DATABASE IF EXISTS ${copy}`);
  await database.query(`CREATE DATABASE ${copy}`);
  for (const table of named) {
    await database.query(`CREATE TABLE ${copy}.${table} LIKE ${database.name}.${table}`);
    await database.query(`INSERT INTO ${copy}.${table} SELECT * FROM ${database.name}.${table}`);
  }
  return {
    async restore() {
      for (const table of named) {
        await database.query(`DELETE FROM ${table}`);
        await database.query(`INSERT INTO ${table} SELECT * FROM ${copy}.${table}`);
        await database.query(`ALTER TABLE ${table} AUTO_INCREMENT = 1`);
      }
      await database.query(`DROP DATABASE ${copy}`);
    },
  };
}

async function allTables({ name, query }: WhmcsDatabase): Promise<readonly string[]> {
  const rows = await query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'",
    [name],
  );
  return rows.map((row) => row.name);
}
