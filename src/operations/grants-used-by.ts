import { sql } from 'kysely';
import type { Db } from '../db/index.ts';
import { type GrantKind, readGrantKind } from '../ledger/index.ts';

export interface GrantUse {
  readonly grantId: bigint;
  readonly kind: GrantKind;
  readonly amountHundredths: bigint;
}

/** Which grants these entries used, what was given back taken off. */
export async function grantsUsedBy(
  db: Db,
  entries: readonly bigint[],
): Promise<ReadonlyMap<bigint, readonly GrantUse[]>> {
  if (entries.length === 0) return new Map();
  const { rows } = await sql<{
    readonly spend: bigint;
    readonly grantId: bigint;
    readonly kind: string;
    readonly used: string | bigint;
  }>`
    SELECT d.spend_sequence AS spend, d.grant_id AS grantId, g.kind,
      SUM(IF(d.direction = 'draw', d.amount_hundredths, -d.amount_hundredths)) AS used
    FROM mod_creditbridge_draw_downs d JOIN mod_creditbridge_grants g ON g.id = d.grant_id
    WHERE d.spend_sequence IN (${sql.join(entries)})
    GROUP BY d.spend_sequence, d.grant_id, g.kind HAVING used > 0
    ORDER BY d.spend_sequence, MIN(d.id)`.execute(db);
  const uses = rows.map(({ spend, grantId, kind, used }) => ({
    spend,
    grantId,
    amountHundredths: BigInt(used),
    kind: readGrantKind(kind),
  }));
  return Map.groupBy(uses, ({ spend }) => spend);
}
