import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** The shim need not know more than this; counting all commands of a run would slow every delivery. */
export const WAITING_MAX = 100;

/** Counts the open commands that may run now, at most {@link WAITING_MAX}. */
export async function countWaiting(db: Kysely<Database>, at: Date): Promise<number> {
  const { rows } = await sql<{ waiting: bigint }>`
    SELECT COUNT(*) AS waiting FROM (
      SELECT 1 FROM mod_creditbridge_commands
      WHERE state = 'open' AND (not_before IS NULL OR not_before <= ${toMoment(at)})
      LIMIT ${WAITING_MAX}
    ) AS capped`.execute(db);
  return Number(rows[0]?.waiting ?? 0n);
}
