import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { earliestOperation } from './earliest-operation.ts';

/** A difference that was accepted for a command which did not come about. */
export interface FailedCorrection {
  readonly operationId: string;
  readonly clientId: number;
  /** The entry by which the ledger accepted it. */
  readonly entry: bigint;
  readonly adminId: number;
  readonly why: string;
}

interface Row {
  readonly operationId: string;
  readonly clientId: number;
  readonly entry: bigint;
  readonly actor: string;
  readonly why: string;
}

/**
 * Accepted differences whose command came to nothing: it was refused or went stale, or nobody agreed to it. The entry stands
 * still, and is of this epoch; while the ledger does not follow, there are none.
 */
export async function failedCorrections(
  db: Db,
  at: Date,
  after: bigint,
  limit: number,
): Promise<readonly FailedCorrection[]> {
  const first = earliestOperation(at);
  const { rows } = await sql<Row>`
    SELECT f.operationId, e.client_id AS clientId, e.sequence AS entry, f.actor, f.why
    FROM (
      SELECT t.operation_id AS operationId, t.actor, k.reason AS why, t.corrects AS undoes
      FROM mod_creditbridge_command_terms t FORCE INDEX (kind)
      JOIN mod_creditbridge_commands k ON k.id = t.command_id AND k.state IN ('refused', 'stale')
      WHERE t.kind = 'difference' AND t.operation_id > ${first} AND t.does = 'correct'
      UNION ALL
      SELECT a.id, a.proposed_by, a.state, a.undoes FROM mod_creditbridge_approvals a
      WHERE a.kind = 'correct' AND a.state IN ('rejected', 'withdrawn', 'expired') AND a.id > ${first}
    ) AS f
    JOIN mod_creditbridge_tail t ON t.id = 1 AND t.state = 'following'
    JOIN mod_creditbridge_entries e ON e.sequence = f.undoes AND e.epoch = t.epoch AND e.kind = 'difference'
    WHERE NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
      AND e.sequence > ${after}
    ORDER BY e.sequence LIMIT ${sql.lit(limit)}`.execute(db);
  return rows.map(({ actor, ...row }) => ({
    ...row,
    adminId: Number(/^admin:(\d+)$/.exec(actor)?.[1] ?? 0),
  }));
}
