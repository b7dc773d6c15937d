import type { WhmcsDatabase } from './whmcs-database.ts';

/** The stand-in's triggers write it when rows of other tables are copied. */
const WRITTEN_BY_TRIGGERS = 'standin_money_log';

/** The database's tables in an order in which they can be emptied and filled one by one: what triggers write comes last. */
export async function tablesOf({
  name,
  query,
}: Pick<WhmcsDatabase, 'name' | 'query'>): Promise<readonly string[]> {
  const rows = await query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = ? AND table_type = 'BASE TABLE' ORDER BY table_name = ?, table_name`,
    [name, WRITTEN_BY_TRIGGERS],
  );
  return rows.map((row) => row.name);
}
