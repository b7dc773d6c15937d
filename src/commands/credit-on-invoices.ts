import { sql } from 'kysely';
import type { Db } from '../db/index.ts';

/** The client's own credit on an invoice, as the ledger knows it; hundredths. */
export interface CreditOn {
  readonly invoiceId: number;
  readonly clientId: number;
  /** Put on it and not come back, less what commands under way will bring back. */
  readonly leftHundredths: bigint;
  /** What was put on it in all. */
  readonly putHundredths: bigint;
  /** Refunds of the invoice that WHMCS added to the client's credit. */
  readonly refundedToCreditHundredths: bigint;
  /** Its newest entry. */
  readonly lastEntry: bigint;
  /** The first entry that put credit on it. */
  readonly firstEntry: bigint;
}

interface Row {
  readonly invoiceId: number;
  readonly clientId: number;
  readonly carried: string;
  readonly put: string;
  readonly refunded: string;
  readonly last: bigint;
  readonly first: bigint | null;
  readonly coming: string;
}

/**
 * Reads the credit on these invoices; those that never had any are left out. Credit that a mass payment passed on is not the client's
 * own (whmcs.md §2.6). Read it under the clients' locks.
 */
export async function creditOnInvoices(
  db: Db,
  invoiceIds: readonly number[],
): Promise<readonly CreditOn[]> {
  if (invoiceIds.length === 0) return [];
  const came = sql`e.to_account = CONCAT('client:', e.client_id)`;
  const { rows } = await sql<Row>`
    SELECT f.*, COALESCE((
      SELECT SUM(k.amount_hundredths) FROM mod_creditbridge_commands k FORCE INDEX (client_state)
      JOIN mod_creditbridge_command_terms kt ON kt.command_id = k.id AND kt.kind = 'return'
      WHERE k.client_id = f.clientId AND k.invoice_id = f.invoiceId AND k.live_fact IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries m WHERE m.command_id = k.id)), 0) AS coming
    FROM (
      SELECT e.invoice_id AS invoiceId, e.client_id AS clientId, MAX(e.sequence) AS last,
        MIN(IF(e.kind = 'invoice', e.sequence, NULL)) AS first,
        SUM(IF(e.kind = 'refund', 0, IF(${came}, -e.amount_hundredths, e.amount_hundredths))) AS carried,
        SUM(IF(e.kind = 'invoice', IF(${came}, -e.amount_hundredths, e.amount_hundredths), 0)) AS put,
        SUM(IF(e.kind = 'refund', IF(${came}, e.amount_hundredths, -e.amount_hundredths), 0)) AS refunded
      FROM mod_creditbridge_tail t
      STRAIGHT_JOIN mod_creditbridge_entries e FORCE INDEX (invoice_id)
        ON e.invoice_id IN (${sql.join(invoiceIds)}) AND e.epoch = t.epoch
      WHERE t.id = 1 AND e.kind IN ('invoice', 'return', 'take-back', 'downgrade', 'refund')
      GROUP BY e.invoice_id, e.client_id) AS f`.execute(db);
  return rows.flatMap(({ first, ...row }) =>
    first === null
      ? []
      : [
          {
            invoiceId: row.invoiceId,
            clientId: row.clientId,
            leftHundredths: BigInt(row.carried) - BigInt(row.coming),
            putHundredths: BigInt(row.put),
            refundedToCreditHundredths: BigInt(row.refunded),
            lastEntry: row.last,
            firstEntry: first,
          },
        ],
  );
}
