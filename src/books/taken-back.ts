import { type RawBuilder, sql } from 'kysely';

/**
 * What was taken from a grant `g` because its payment went back: by reversals, and by admins, who may have parked it. It counts
 * against the money that went back (src/ledger, `withoutMoney`).
 */
export const TAKEN_BACK: RawBuilder<bigint> = sql`
  (SELECT COALESCE(CAST(SUM(IF(taken.direction = 'draw', taken.amount_hundredths, -taken.amount_hundredths)) AS SIGNED), 0)
    FROM mod_creditbridge_draw_downs taken
    JOIN mod_creditbridge_entries taking ON taking.sequence = taken.spend_sequence
      AND taking.kind IN ('reversal', 'revocation', 'parked')
    WHERE taken.grant_id = g.id)`;
