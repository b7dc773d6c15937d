import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import type { StrangerStore } from './count-strangers.ts';

/** The counts in the state table have this prefix and the code as their names. */
export const STRANGERS_PREFIX = 'strangers:';

/** Stores the counts of calls that are not from the shim in the state table, for all replicas together. */
export function createStrangerStore(db: Db): StrangerStore {
  return {
    async add(counts) {
      const rows = [...counts].map(([code, by]) => sql`(${STRANGERS_PREFIX + code}, ${by})`);
      if (rows.length === 0) return;
      await sql`
        INSERT INTO mod_creditbridge_state (name, value) VALUES ${sql.join(rows)}
        ON DUPLICATE KEY UPDATE value = CAST(value AS UNSIGNED) + CAST(VALUES(value) AS UNSIGNED)
      `.execute(db);
    },
  };
}
