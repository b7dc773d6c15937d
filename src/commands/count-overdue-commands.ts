import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** Enough to see whether the number falls. */
const COUNT_MAX = 1000;

/**
 * Commands that could have been run before this moment and were not, at most {@link COUNT_MAX}; none while both sides are not
 * paired or everything is frozen, since then nobody may run them.
 */
export async function countOverdueCommands(db: Db, before: Date): Promise<number> {
  const moment = toMoment(before);
  const { rows } = await sql<{ count: bigint }>`
    SELECT COUNT(*) AS count FROM (
      SELECT 1 FROM mod_creditbridge_commands
      WHERE state = 'open' AND created_at <= ${moment}
        AND (not_before IS NULL OR not_before <= ${moment})
        AND EXISTS (
          SELECT 1 FROM mod_creditbridge_settings WHERE id = 1 AND state = 'paired' AND frozen = 0
        )
      LIMIT ${COUNT_MAX}
    ) AS overdue
  `.execute(db);
  return Number(rows[0]?.count ?? 0n);
}
