import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** High enough to show whether the number falls. */
const COUNT_MAX = 1000;

/**
 * Counts the commands due before this moment and not run yet, at most {@link COUNT_MAX}; zero while the sides are not paired or
 * everything is frozen, since nobody may run commands then.
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
