import { type Kysely, sql } from 'kysely';
import { allOf, commandConditions } from '../../bridge/index.ts';
import type { Database, Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** The shim asks whether anything waits; counting more would slow every delivery during a run. */
const WAITING_MAX = 10;
/** High enough to show whether the number falls. */
const OVERDUE_MAX = 1000;

const RUNNABLE = sql.raw(allOf(commandConditions.runnable));
const LEFT_BEHIND = sql.raw(allOf(commandConditions.leftBehind));

/** Counts the commands that the shim can move on now, at most so many. */
export function countWaiting(db: Kysely<Database>, most = WAITING_MAX): Promise<number> {
  return countMovable(db, most, sql``);
}

/**
 * Whether there is a command to count at all. Counting asks a dozen conditions, which costs a database more than all else
 * that a hook needs; this looks at one entry of an index, and almost always finds none.
 */
export async function anyUnsettled(db: Kysely<Database>): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM mod_creditbridge_commands WHERE state IN ('open', 'running') LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** Counts those that the shim could have moved on since this moment and did not, at most 1000. */
export function countOverdueCommands(db: Db, before: Date): Promise<number> {
  return countMovable(db, OVERDUE_MAX, sql`AND c.created_at <= ${toMoment(before)}`);
}

/** The database checks first whether the installation may act; if not, it reads no command. */
async function countMovable(
  db: Kysely<Database>,
  most: number,
  and: ReturnType<typeof sql>,
): Promise<number> {
  const { rows } = await sql<{ movable: bigint }>`
    SELECT COUNT(*) AS movable FROM (
      (SELECT 1 FROM mod_creditbridge_commands c WHERE ${RUNNABLE} ${and} LIMIT ${most})
      UNION ALL
      (SELECT 1 FROM mod_creditbridge_commands c WHERE ${LEFT_BEHIND} ${and} LIMIT ${most})
    ) AS capped`.execute(db);
  return Math.min(most, Number(rows[0]?.movable ?? 0n));
}
