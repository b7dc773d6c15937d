import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** How far the ledger is behind the credit log, and whether anything stops it. */
export interface Following {
  /** `new`, `adopting`, `following` or `stopped`. */
  readonly state: string;
  readonly epoch: number;
  /** About how many rows are not read yet. */
  readonly lagRows: number;
  /** Since nothing was left to read; null before the first time. */
  readonly lagSeconds: number | null;
  /** `''` or why the settings row says that nothing may be decided. */
  readonly halted: string;
  readonly haltedReason: string;
  /** When adoption ended, UTC; null before. */
  readonly adoptedAt: string | null;
  /** When all rows were last compared, UTC. */
  readonly comparedAt: string | null;
}

/** For metrics and `doctor`; undefined before the tables are there. */
export async function readFollowing(db: Db): Promise<Following | undefined> {
  const { rows } = await sql<Omit<Following, 'lagRows' | 'lagSeconds'> & Lag>`
    SELECT t.state, t.epoch, GREATEST(0, COALESCE((SELECT MAX(id) FROM tblcredit), 0)
        - CAST(t.cursor_log_id AS SIGNED)) AS lagRows,
      TIMESTAMPDIFF(SECOND, t.looked_at, UTC_TIMESTAMP(6)) AS lagSeconds,
      s.halted, s.halted_reason AS haltedReason, p.adopted_at AS adoptedAt, t.compared_at AS comparedAt
    FROM mod_creditbridge_tail t JOIN mod_creditbridge_settings s ON s.id = 1
      LEFT JOIN mod_creditbridge_epochs p ON p.epoch = t.epoch
    WHERE t.id = 1`.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const { lagRows, lagSeconds, ...rest } = row;
  return {
    ...rest,
    lagRows: Number(lagRows),
    lagSeconds: lagSeconds === null ? null : Number(lagSeconds),
  };
}

interface Lag {
  readonly lagRows: bigint | number;
  readonly lagSeconds: bigint | number | null;
}
