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
  return countMovable(db, most, sql``, { open: true, running: true });
}

/** Which of the commands that may be movable exist at all. */
export interface Unsettled {
  readonly open: boolean;
  readonly running: boolean;
}

/**
 * Looks whether there is anything to count. Counting asks a dozen conditions, which costs the database more than all else that a
 * hook needs; this looks at two entries of an index.
 */
export async function unsettledCommands(db: Kysely<Database>): Promise<Unsettled> {
  const { rows } = await sql<{ open: number | bigint; running: number | bigint }>`
    SELECT EXISTS (SELECT 1 FROM mod_creditbridge_commands WHERE state = 'open') AS open,
      EXISTS (SELECT 1 FROM mod_creditbridge_commands WHERE state = 'running') AS running`.execute(
    db,
  );
  return { open: Number(rows[0]?.open) > 0, running: Number(rows[0]?.running) > 0 };
}

/** Counts as `countWaiting` does, at most ten, and asks no condition for commands that do not exist. */
export function countWaitingAmong(db: Kysely<Database>, unsettled: Unsettled): Promise<number> {
  return countMovable(db, WAITING_MAX, sql``, unsettled);
}

/** Counts those that the shim could have moved on since this moment and did not, at most 1000. */
export function countOverdueCommands(db: Db, before: Date): Promise<number> {
  return countMovable(db, OVERDUE_MAX, sql`AND c.created_at <= ${toMoment(before)}`, {
    open: true,
    running: true,
  });
}

/** The database checks first whether the installation may act; if not, it reads no command. */
async function countMovable(
  db: Kysely<Database>,
  most: number,
  and: ReturnType<typeof sql>,
  { open, running }: Unsettled,
): Promise<number> {
  const conditions = [...(open ? [RUNNABLE] : []), ...(running ? [LEFT_BEHIND] : [])];
  if (conditions.length === 0) return 0;
  const parts = conditions.map(
    (condition) =>
      sql`(SELECT 1 FROM mod_creditbridge_commands c WHERE ${condition} ${and} LIMIT ${most})`,
  );
  const { rows } = await sql<{ movable: bigint }>`
    SELECT COUNT(*) AS movable FROM (${sql.join(parts, sql` UNION ALL `)}) AS capped`.execute(db);
  return Math.min(most, Number(rows[0]?.movable ?? 0n));
}
