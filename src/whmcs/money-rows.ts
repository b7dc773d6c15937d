import { type RawBuilder, sql, type Transaction } from 'kysely';
import { type Database, isMoney } from '../db/index.ts';
import type { MoneyRow } from '../events/index.ts';
import { parseAmount } from '../money/index.ts';
import { readDate } from './dates.ts';

interface Row {
  readonly id: number;
  readonly invoiceid: number;
  readonly gateway: string;
  readonly transid: string;
  readonly amountin: string;
  readonly amountout: string;
  readonly refundid: number;
  readonly userid: number;
  readonly date: string | null;
}

export interface MoneyRowOfClient extends MoneyRow {
  readonly clientId: number;
  /** The day on which it moved. */
  readonly on: string | null;
}

/** Reads the money of invoices, row by row, in the order of ids. @param invoices a query whose column `id` names each once. */
export async function moneyRowsOf(
  trx: Transaction<Database>,
  invoices: RawBuilder<unknown>,
): Promise<readonly MoneyRowOfClient[]> {
  const { rows } = await sql<Row>`
    SELECT a.id, a.invoiceid, a.gateway, a.transid, a.amountin, a.amountout, a.refundid,
      a.userid, a.date
    FROM (${invoices}) AS wanted STRAIGHT_JOIN tblaccounts a ON a.invoiceid = wanted.id
    WHERE ${isMoney('a')} ORDER BY a.id`.execute(trx);
  return rows.map((row) => ({
    id: row.id,
    invoiceId: row.invoiceid,
    gateway: row.gateway,
    transactionId: row.transid,
    inHundredths: parseAmount(row.amountin),
    outHundredths: parseAmount(row.amountout),
    refundOf: row.refundid,
    clientId: row.userid,
    on: readDate(row.date),
  }));
}
