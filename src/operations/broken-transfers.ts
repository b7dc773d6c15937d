import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { earliestOperation } from './earliest-operation.ts';

/** A transfer whose first half was done and whose second half was not. */
export interface BrokenTransfer {
  readonly operationId: string;
  readonly fromClientId: number;
  readonly toClientId: number;
  readonly amountHundredths: bigint;
  /** Why the second half came to nothing. */
  readonly why: string;
  /** The state of the way back; null when it was not asked for yet. */
  readonly back: string | null;
  /** The entry of the first half; null while the ledger has not seen it. */
  readonly entry: bigint | null;
  /** The way back then waits until the first client is unfrozen. */
  readonly isFrozen: boolean;
  readonly actor: string;
}

interface Row {
  readonly operationId: string;
  readonly fromClientId: number;
  readonly toClientId: number;
  readonly amount: bigint;
  readonly why: string;
  readonly back: string | null;
  readonly entry: bigint | null;
  readonly isFrozen: number | bigint;
  readonly actor: string | null;
}

/**
 * Transfers whose first half is done and whose second half was refused or went stale, unless the way back is under way or an
 * admin knows. Ids of operations are in the order of time, so only recent ones are read. The way back is the one command of a
 * transfer that corrects an entry.
 */
export async function brokenTransfers(
  db: Db,
  at: Date,
  after: string,
  limit: number,
): Promise<readonly BrokenTransfer[]> {
  const { rows } = await sql<Row>`
    SELECT bt.operation_id AS operationId, a.client_id AS fromClientId, b.client_id AS toClientId,
      a.amount_hundredths AS amount, b.reason AS why,
      (SELECT r.state FROM mod_creditbridge_command_terms rt FORCE INDEX (kind)
        JOIN mod_creditbridge_commands r ON r.id = rt.command_id
        WHERE rt.kind = 'transfer' AND rt.operation_id = bt.operation_id AND rt.does = 'correct'
        ORDER BY r.id DESC LIMIT 1) AS back,
      (SELECT e.sequence FROM mod_creditbridge_tail n
        JOIN mod_creditbridge_entries e ON e.epoch = n.epoch AND n.state = 'following'
        WHERE n.id = 1 AND e.command_id = a.id
        AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
        ORDER BY e.sequence DESC LIMIT 1) AS entry,
      EXISTS (SELECT 1 FROM mod_creditbridge_frozen_clients z WHERE z.client_id = a.client_id) AS isFrozen,
      (SELECT t.actor FROM mod_creditbridge_command_terms t WHERE t.command_id = a.id) AS actor
    FROM mod_creditbridge_command_terms bt FORCE INDEX (kind)
    JOIN mod_creditbridge_commands b ON b.id = bt.command_id
    JOIN mod_creditbridge_commands a FORCE INDEX (fact) ON a.fact = b.requires_fact AND a.state = 'done'
    WHERE bt.kind = 'transfer' AND bt.operation_id > ${earliestOperation(at)} AND bt.operation_id > ${after}
      AND b.state IN ('refused', 'stale') AND b.requires_fact IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_findings f
        WHERE f.fact = CONCAT('transfer-lost:', bt.operation_id))
    HAVING back IS NULL OR back IN ('refused', 'stale')
    ORDER BY bt.operation_id LIMIT ${sql.lit(limit)}`.execute(db);
  return rows.map((row) => ({
    operationId: row.operationId,
    fromClientId: row.fromClientId,
    toClientId: row.toClientId,
    amountHundredths: row.amount,
    why: row.why,
    back: row.back,
    entry: row.entry,
    isFrozen: Number(row.isFrozen) === 1,
    actor: row.actor ?? '',
  }));
}
