import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/**
 * Claims a turn that all replicas share: exactly one of them gets it, by a committed conditional UPDATE and the
 * database's clock.
 *
 * @param name of the state row that stores the time of the last turn.
 * @param everySeconds time between two turns.
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
