import { sql, type Transaction } from 'kysely';
import { type Database, isMoney } from '../db/index.ts';
import { parseAmount } from '../money/index.ts';
import type { RefundFacts } from '../rules/index.ts';
import { readDate } from './dates.ts';

interface Row {
  readonly id: number;
  readonly invoiceId: number;
  readonly date: string | null;
  readonly amountout: string;
}

/** Reads the money of these invoices that went back, by invoice, the oldest first; notes of 9.x are none (whmcs.md §2.2). */
export async function refundsOf(
  trx: Transaction<Database>,
  invoiceIds: readonly number[],
): Promise<ReadonlyMap<number, readonly RefundFacts[]>> {
  if (invoiceIds.length === 0) return new Map();
  const { rows } = await sql<Row>`
    SELECT a.id, a.invoiceid AS invoiceId, a.date, a.amountout FROM tblaccounts a
    WHERE a.invoiceid IN (${sql.join(invoiceIds)}) AND a.amountout > 0 AND ${isMoney('a')}
    ORDER BY a.id`.execute(trx);
  const byInvoice = Map.groupBy(rows, ({ invoiceId }) => invoiceId);
  return new Map([...byInvoice].map(([invoiceId, own]) => [invoiceId, own.map(toFacts)]));
}

function toFacts({ id, date, amountout }: Row): RefundFacts {
  return { id, refundedOn: readDate(date), amountHundredths: parseAmount(amountout) };
}
