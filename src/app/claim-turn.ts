import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/**
 * Claims a turn that comes once in a while for all replicas together: a committed conditional UPDATE by the database's
 * clock, so that exactly one of them gets it.
 *
 * @param name of the state row that keeps when the last turn was.
 * @param everySeconds how far apart two turns are.
 */
export async function claimTurn(db: Db, name: string, everySeconds: number): Promise<boolean> {
  await sql`INSERT IGNORE INTO mod_creditbridge_state (name, value) VALUES (${name}, '0')`.execute(
    db,
  );
  const claimed = await sql`
    UPDATE mod_creditbridge_state SET value = UNIX_TIMESTAMP()
    WHERE name = ${name} AND CAST(value AS UNSIGNED) <= UNIX_TIMESTAMP() - ${everySeconds}
  `.execute(db);
  return claimed.numAffectedRows === 1n;
}
