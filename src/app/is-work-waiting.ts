import { sql } from 'kysely';
import { countOverdueCommands } from '../commands/index.ts';
import type { Db } from '../db/index.ts';

/** Whether WHMCS has hooks to send or commands to run. */
export async function isWorkWaiting(db: Db, at: Date): Promise<boolean> {
  const spooled = await sql`SELECT 1 FROM mod_creditbridge_spool LIMIT 1`.execute(db);
  return spooled.rows.length > 0 || (await countOverdueCommands(db, at)) > 0;
}
