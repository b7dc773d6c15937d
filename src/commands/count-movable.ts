import { type Kysely, sql } from 'kysely';
import { allOf, commandConditions, installationIsReady } from '../../bridge/index.ts';
import type { Database, Db } from '../db/index.ts';
import { toMoment } from '../db/index.ts';

/** A page shows no more. */
const WAITING_MAX = 10;
/** High enough to show whether the number falls. */
const OVERDUE_MAX = 1000;

const RUNNABLE = sql.raw(allOf(commandConditions.runnable));
const LEFT_BEHIND = sql.raw(allOf(commandConditions.leftBehind));

/** Counts the commands that the shim can move on now, at most so many. */
export function countWaiting(db: Kysely<Database>, most = WAITING_MAX): Promise<number> {
  return countMovable(db, most, sql``, { open: true, running: true });
}

/** What can be movable at all. */
export interface Movables {
  /** False while the installation is stopped: then nothing is. */
  readonly mayAct: boolean;
  readonly open: boolean;
  readonly running: boolean;
}

/**
 * Columns that say whether there is anything to ask for, about the one row `s` of `mod_creditbridge_settings` with `MOVABLE_JOINS`. Asking
 * a dozen conditions costs the database more than all else that a hook needs; these look at one row and two entries of an index.
 */
export const MOVABLE_COLUMNS = sql`(${sql.raw(installationIsReady)}) AS mayAct,
  o.id IS NOT NULL AS open, r.id IS NOT NULL AS running`;

/** Joins every command that waits or runs: read one row. */
export const MOVABLE_JOINS = sql`
  LEFT JOIN mod_creditbridge_commands o ON o.state = 'open'
  LEFT JOIN mod_creditbridge_commands r ON r.state = 'running'`;

/** The columns, with the driver's types. */
export type MovableRow = Readonly<Record<keyof Movables, number | bigint>>;

/** Without a row, nothing is installed. */
export function movablesOf(row: MovableRow | undefined): Movables {
  const is = (name: keyof Movables) => Number(row?.[name] ?? 0) > 0;
  return { mayAct: is('mayAct'), open: is('open'), running: is('running') };
}

/**
 * Whether the shim can move on a command now. Ends at the first one, and asks no condition for commands that do not exist: each
 * further command would cost a delivery as much as the first.
 */
export async function isAnyMovable(db: Kysely<Database>, movables: Movables): Promise<boolean> {
  return movables.mayAct && (await countMovable(db, 1, sql``, movables)) > 0;
}

/** Counts those that the shim could have moved on since this moment and did not, at most 1000. */
export function countOverdueCommands(db: Db, before: Date): Promise<number> {
  return countMovable(db, OVERDUE_MAX, sql`AND c.created_at <= ${toMoment(before)}`, {
    open: true,
    running: true,
  });
}

/** Counts the commands that WHMCS could have carried out since this moment and did not, at most {@link OVERDUE_MAX}. */
export function countNeglectedCommands(db: Db, since: Date): Promise<number> {
  const moment = toMoment(since);
  const and = sql`AND c.created_at <= ${moment} AND (c.not_before IS NULL OR c.not_before <= ${moment})`;
  return countMovable(db, OVERDUE_MAX, and, { open: true, running: false });
}

/** The database checks first whether the installation may act; if not, it reads no command. */
async function countMovable(
  db: Kysely<Database>,
  most: number,
  and: ReturnType<typeof sql>,
  { open, running }: Pick<Movables, 'open' | 'running'>,
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
