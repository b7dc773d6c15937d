import { sql } from 'kysely';
import { type Db, toMoment } from '../db/index.ts';
import { REFUSED_AT } from '../pages/index.ts';

/** The counts in the state table have this prefix and the code as their names. */
export const STRANGERS_PREFIX = 'strangers:';

/** Adds to the counts of calls that are not from the shim, in the state table, for all replicas together, and notes the time. */
export async function addStrangers(db: Db, counts: ReadonlyMap<string, number>): Promise<void> {
  const rows = [...counts].map(([code, by]) => sql`(${STRANGERS_PREFIX + code}, ${by})`);
  if (rows.length === 0) return;
  await sql`
    INSERT INTO mod_creditbridge_state (name, value) VALUES ${sql.join(rows)}
    ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + CAST(VALUES(value) AS UNSIGNED)
  `.execute(db);
  const at = toMoment(new Date());
  await db
    .insertInto('mod_creditbridge_state')
    .values([...counts.keys()].map((code) => ({ name: REFUSED_AT + code, value: at })))
    .onDuplicateKeyUpdate({ value: at })
    .execute();
}
