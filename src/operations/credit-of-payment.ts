import { sql, type Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import type { Parking } from '../parking/index.ts';

/**
 * Finds the grant that the payment of an invoice became, and that is not parked yet: one over exactly that amount before others, the deposit
 * before a surplus. Undefined while the ledger has none.
 */
export async function creditOfPayment(
  trx: Transaction<Database>,
  { id, clientId, invoiceId, amountHundredths }: Parking,
): Promise<bigint | undefined> {
  if (invoiceId === null) return undefined;
  const { rows } = await sql<{ sequence: bigint }>`
    SELECT e.sequence FROM mod_creditbridge_tail t
    STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id)
      ON e.invoice_id = ${invoiceId} AND e.epoch = t.epoch AND e.client_id = ${clientId}
      AND e.kind IN ('deposit', 'overpayment')
    JOIN mod_creditbridge_grants g ON g.id = e.sequence
    WHERE t.id = 1
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries x WHERE x.corrects = e.sequence)
      AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_parkings p
        WHERE p.client_id = e.client_id AND p.grant_id = e.sequence AND p.id <> ${id})
    ORDER BY e.amount_hundredths = ${amountHundredths} DESC, e.kind = 'deposit' DESC, e.sequence
    LIMIT 1`.execute(trx);
  return rows[0]?.sequence;
}
