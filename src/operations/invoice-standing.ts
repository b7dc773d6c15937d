import type { Transaction } from 'kysely';
import { type CreditOnInvoice, creditOnInvoice } from '../books/index.ts';
import { readWaysOff, type WaysOff } from '../commands/index.ts';
import type { Database } from '../db/index.ts';

/** What is known about an invoice from which credit is to come back. */
export interface InvoiceStanding extends CreditOnInvoice {
  readonly clientId: number;
  readonly status: string;
  readonly ways: WaysOff;
}

/** Undefined when the invoice does not exist. Its client must be locked. */
export async function invoiceStanding(
  trx: Transaction<Database>,
  invoiceId: number,
  amountHundredths: bigint,
): Promise<InvoiceStanding | undefined> {
  const row = await trx
    .selectFrom('tblinvoices')
    .select(['userid', 'status'])
    .where('id', '=', invoiceId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const credit = await creditOnInvoice(trx, { invoiceId, clientId: row.userid }, amountHundredths);
  return { ...credit, clientId: row.userid, status: row.status, ways: await readWaysOff(trx) };
}
