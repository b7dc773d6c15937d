import { sql } from 'kysely';
import { creditOnInvoices } from '../commands/index.ts';
import type { Db } from '../db/index.ts';

/** The client's own credit on an invoice, as the ledger knows it. */
export interface CreditOnInvoice {
  /** Put on it and not come back, less what commands under way will bring back; hundredths. */
  readonly leftHundredths: bigint;
  /**
   * An entry that nobody could explain, newer than the credit on the invoice and as large as what was asked for: perhaps WHMCS
   * has given it back already. Null when there is none.
   */
  readonly mayBeBack: bigint | null;
}

interface OfClient {
  readonly invoiceId: number;
  readonly clientId: number;
}

/** Reads it under the lock of the client. */
export async function creditOnInvoice(
  db: Db,
  one: OfClient,
  amountHundredths: bigint,
): Promise<CreditOnInvoice> {
  const [leftHundredths, mayBeBack] = await Promise.all([
    creditLeftOn(db, one),
    entryThatMayBeBack(db, one, amountHundredths),
  ]);
  return { leftHundredths, mayBeBack };
}

/** What is left of the client's own credit on an invoice. */
export async function creditLeftOn(db: Db, { invoiceId, clientId }: OfClient): Promise<bigint> {
  const found = await creditOnInvoices(db, [invoiceId]);
  return found.find((one) => one.clientId === clientId)?.leftHundredths ?? 0n;
}

/** Reads all entries of the client, so it is for an operation, not for a page. */
async function entryThatMayBeBack(
  db: Db,
  { invoiceId, clientId }: OfClient,
  amountHundredths: bigint,
): Promise<bigint | null> {
  const { rows } = await sql<{ readonly back: string | bigint | null }>`
    SELECT (SELECT MIN(u.sequence) FROM mod_creditbridge_entries u FORCE INDEX (client)
        WHERE u.client_id = ${clientId} AND u.epoch = t.epoch AND u.kind = 'unknown'
          AND u.to_account = ${accountOf(clientId)} AND u.amount_hundredths = ${amountHundredths}
          AND u.sequence > (SELECT COALESCE(MIN(s.sequence), 0) FROM mod_creditbridge_entries s
            WHERE s.invoice_id = ${invoiceId} AND s.epoch = t.epoch AND s.kind = 'invoice')
          AND NOT EXISTS (SELECT 1 FROM mod_creditbridge_entries c WHERE c.corrects = u.sequence)) AS back
    FROM mod_creditbridge_tail t WHERE t.id = 1`.execute(db);
  const [row] = rows;
  return row === undefined || row.back === null ? null : BigInt(row.back);
}

function accountOf(clientId: number): string {
  return `client:${clientId}`;
}
