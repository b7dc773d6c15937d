import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { Database } from '../../db/index.ts';
import { isMoney } from '../../db/index.ts';
import type { PaymentProof } from '../../ledger/index.ts';
import { parseAmount } from '../../money/index.ts';
import { readDate } from '../../whmcs/index.ts';
import { type About, dayPlus } from './near.ts';

/** A batch has some hundred clients; beyond this, rows stay unexplained rather than slow. */
const ROWS_MAX = 5000;

export interface MoneyBackNear {
  /** Invoices for which money went back, and those that such an invoice paid as a mass payment (whmcs.md §2.6, §2.7). */
  readonly invoiceIds: readonly number[];
  /** Money that went out without an invoice. */
  readonly paidBack: readonly PaymentProof[];
}

export const NOTHING_BACK: MoneyBackNear = { invoiceIds: [], paidBack: [] };

interface Row {
  readonly id: number;
  readonly userid: number;
  readonly invoiceid: number;
  readonly paid: number | null;
  readonly date: string | null;
  readonly amountout: string;
}

/** Reads money that went back to these clients on those days, and a day around them. */
export async function moneyBackNear(
  trx: Transaction<Database>,
  { clientIds, from, to }: About,
): Promise<MoneyBackNear> {
  const isNear: RawBuilder<unknown> = sql`a.userid IN (${sql.join(clientIds)}) AND a.amountout > 0
    AND a.date >= ${dayPlus(from, -1)} AND a.date < ${dayPlus(to, 2)} AND ${isMoney('a')}`;
  const { rows } = await sql<Row>`
    SELECT a.id, a.userid, a.invoiceid, a.date, a.amountout, l.relid AS paid
    FROM tblaccounts a
    LEFT JOIN tblinvoiceitems l ON l.invoiceid = a.invoiceid AND l.type = 'Invoice' AND a.invoiceid > 0
    WHERE ${isNear} ORDER BY a.id LIMIT ${sql.lit(ROWS_MAX)}`.execute(trx);
  const invoices = rows.flatMap(({ invoiceid, paid }) => [invoiceid, paid ?? 0]);
  return {
    invoiceIds: [...new Set(invoices)].filter((id) => id > 0),
    paidBack: rows
      .filter(({ invoiceid }) => invoiceid === 0)
      .map(({ id, userid, date, amountout }) => ({
        id,
        clientId: userid,
        on: readDate(date),
        amountHundredths: parseAmount(amountout),
      })),
  };
}
