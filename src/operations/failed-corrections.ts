import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { earliestFact, FACTS_END } from './earliest-fact.ts';
import { operationFact } from './plan.ts';
import type { FailedCorrection, ListPart } from './ports.ts';

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
  { after, limit }: ListPart<bigint>,
): Promise<readonly FailedCorrection[]> {
  const first = earliestFact(at);
  const { rows } = await sql<Row>`
    SELECT f.operationId, e.client_id AS clientId, e.sequence AS entry, f.actor, f.why
    FROM (
      SELECT SUBSTRING(k.fact, 11) AS operationId, t.actor, k.reason AS why,
        CAST(JSON_UNQUOTE(JSON_EXTRACT(t.act, '$.corrects')) AS UNSIGNED) AS undoes
      FROM mod_creditbridge_commands k FORCE INDEX (fact)
      JOIN mod_creditbridge_command_terms t ON t.command_id = k.id AND t.kind = 'difference'
      WHERE k.fact > ${first} AND k.fact < ${FACTS_END} AND k.state IN ('refused', 'stale')
        AND t.act LIKE '{"do":"correct"%'
      UNION ALL
      SELECT a.id, a.proposed_by, a.state,
        CAST(JSON_UNQUOTE(JSON_EXTRACT(a.operation, '$.undoes')) AS UNSIGNED)
      FROM mod_creditbridge_approvals a
      WHERE a.id > ${first.slice(operationFact('').length)}
        AND a.state IN ('rejected', 'withdrawn', 'expired') AND a.operation LIKE '{"kind":"correct"%'
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
