import { sql } from 'kysely';
import { countWaiting } from '../commands/index.ts';
import type { Db } from '../db/index.ts';

/** Whether WHMCS has hooks to send or commands that can run. */
export async function isWorkWaiting(db: Db): Promise<boolean> {
  const spooled = await sql`SELECT 1 FROM mod_creditbridge_spool LIMIT 1`.execute(db);
  return spooled.rows.length > 0 || (await countWaiting(db, 1)) > 0;
}
