import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { hasNotes, isMoney } from '../../db/index.ts';
import { addFindings } from '../../findings/index.ts';
import { amountIn } from '../../whmcs/index.ts';
import type { IdRange } from '../id-range.ts';
import { IS_CANCELLED_BY_US } from './invoice-sql.ts';
import type { InvoiceOfClient, InvoiceSweep } from './sweep.ts';

/** Finds money that arrived for an invoice after we had cancelled it: a slow bank transfer or gateway. */
export const sweepPaidAfterCancel: InvoiceSweep = async (range, { db, at }) => {
  const payments = await paidAfterOurCancel(db, range);
  await addFindings(
    db,
    payments.map((one) => {
      const amount = amountIn(one.currencyCode, one.amountHundredths);
      const on = one.paidOn === null ? '' : ` on ${one.paidOn}`;
      return {
        fact: `paid-after-cancel:${one.paymentId}`,
        kind: 'paid-after-cancel',
        clientId: one.clientId,
        invoiceId: one.invoiceId,
        outcome: 'open',
        text: `${amount} was received${on} for invoice #${one.invoiceId}, which Credit Bridge had cancelled. ${one.hasNotes ? AFTER_NINE : BEFORE_NINE}`,
      };
    }),
    at,
  );
};

const BEFORE_NINE =
  'Set the invoice back to Unpaid so that the payment counts, or add the amount to the client’s credit, or refund it.';

/** Nothing asks for that on 9.x: the closing note would stay, and nothing would be open (whmcs.md §2.7). */
const AFTER_NINE =
  'Add the amount to the client’s credit, or refund it. Leave the invoice cancelled: the note of its cancellation would stay on it.';

interface PaidAfterCancel extends InvoiceOfClient {
  /** WHMCS 9 has put a closing note on the invoice. */
  readonly hasNotes: boolean;
  readonly paymentId: number;
  /** `YYYY-MM-DD`; null where WHMCS has no date. */
  readonly paidOn: string | null;
  readonly amountHundredths: bigint;
  readonly currencyCode: string;
}

/** Reads the money received for cancelled invoices that a command of ours cancelled. The note of the cancellation is none. */
async function paidAfterOurCancel(
  db: Db,
  { from, to }: IdRange,
): Promise<readonly PaidAfterCancel[]> {
  const { rows } = await sql<
    Omit<PaidAfterCancel, 'currencyCode' | 'hasNotes'> & { code: string | null; notes: number }
  >`
    SELECT i.id AS invoiceId, i.userid AS clientId, a.id AS paymentId, cur.code,
      IF(a.date < '1000-01-01', NULL, LEFT(a.date, 10)) AS paidOn,
      CAST(a.amountin * 100 AS SIGNED) AS amountHundredths, ${hasNotes} AS notes
    FROM tblinvoices i
    JOIN tblaccounts a ON a.invoiceid = i.id AND a.amountin > 0 AND ${isMoney('a')}
    LEFT JOIN tblclients c ON c.id = i.userid
    LEFT JOIN tblcurrencies cur ON cur.id = c.currency
    WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Cancelled' AND ${IS_CANCELLED_BY_US}`.execute(
    db,
  );
  return rows.map(({ code, notes, ...row }) => ({
    ...row,
    hasNotes: Number(notes) === 1,
    currencyCode: code ?? '',
  }));
}
