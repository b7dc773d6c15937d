import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { isMoney } from '../../db/index.ts';
import { addFindings } from '../../findings/index.ts';
import { amountIn } from '../../whmcs/index.ts';
import type { IdRange } from '../id-range.ts';
import type { InvoiceOfClient, InvoiceSweep, PaidBetween } from './sweep.ts';

/** Finds invoices that a mass payment paid although they were paid already (whmcs.md §2.6). An admin decides what to do. */
export const sweepPaidTwice: InvoiceSweep = async (range, { db, paid, at }) => {
  const twice = await paidTwice(db, range, paid);
  await addFindings(
    db,
    twice.map((one) => ({
      fact: `paid-twice:${one.invoiceId}:${one.containers.join('-')}`.slice(0, FACT_MAX),
      kind: 'paid-twice',
      clientId: one.clientId,
      invoiceId: one.invoiceId,
      text: describe(one),
      outcome: 'open',
    })),
    at,
  );
};

/** Width of the column. */
const FACT_MAX = 190;

interface PaidTwice extends InvoiceOfClient {
  /** The mass payments that paid it. */
  readonly containers: readonly number[];
  readonly grossHundredths: bigint;
  readonly paidHundredths: bigint;
  readonly currencyCode: string;
}

/**
 * Reads what the mass payments of the range paid, and keeps invoices that received more than their total. The note with which
 * WHMCS 9 closes a target is that payment again, not another one.
 */
async function paidTwice(
  db: Db,
  { from, to }: IdRange,
  { since }: PaidBetween,
): Promise<readonly PaidTwice[]> {
  const { rows } = await sql<{
    invoiceId: number;
    clientId: number;
    containers: string;
    gross: bigint;
    paid: bigint;
    currencyCode: string | null;
  }>`
    SELECT t.id AS invoiceId, t.userid AS clientId, cur.code AS currencyCode,
      GROUP_CONCAT(DISTINCT c.id ORDER BY c.id SEPARATOR ' ') AS containers,
      CAST((t.subtotal + t.tax + t.tax2) * 100 AS SIGNED) AS gross,
      CAST((SUM(l.amount) + (SELECT COALESCE(SUM(a.amountin - a.amountout), 0)
        FROM tblaccounts a WHERE a.invoiceid = t.id AND ${isMoney('a')})) * 100 AS SIGNED) AS paid
    FROM (
      SELECT DISTINCT touched.userid, touched.relid
      FROM tblinvoices i JOIN tblinvoiceitems touched
        ON touched.invoiceid = i.id AND touched.type = 'Invoice'
      WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Paid' AND i.datepaid >= ${since}
    ) AS target
    JOIN tblinvoices t ON t.id = target.relid
    JOIN tblinvoiceitems l ON l.userid = target.userid AND l.type = 'Invoice' AND l.relid = t.id
    JOIN tblinvoices c ON c.id = l.invoiceid AND c.status = 'Paid'
    LEFT JOIN tblclients client ON client.id = t.userid
    LEFT JOIN tblcurrencies cur ON cur.id = client.currency
    GROUP BY t.id HAVING paid > gross`.execute(db);
  return rows.map(({ invoiceId, clientId, containers, gross, paid, currencyCode }) => ({
    invoiceId,
    clientId,
    grossHundredths: gross,
    paidHundredths: paid,
    containers: containers.split(' ').map(Number),
    currencyCode: currencyCode ?? '',
  }));
}

function describe({
  invoiceId,
  containers,
  paidHundredths,
  grossHundredths,
  currencyCode,
}: PaidTwice): string {
  const amount = (hundredths: bigint) => amountIn(currencyCode, hundredths);
  const numbers = containers.map((id) => `#${id}`).join(', ');
  return `Invoice #${invoiceId} has a total of ${amount(grossHundredths)} and received ${amount(paidHundredths)}, part of it through mass payment ${numbers}. Check whether WHMCS added the rest to the client's credit. Refund it or leave it there, then close this.`;
}
