import { sql } from 'kysely';
import type { Db } from '../../db/index.ts';
import { addFindings } from '../../findings/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import { factOfInvoice, wasDelivered } from './invoice-sql.ts';
import {
  type InvoiceOfClient,
  type InvoiceSweep,
  nameOfInvoice,
  type PaidBetween,
} from './sweep.ts';

/**
 * Asks the rules about paid invoices whose InvoicePaid never arrived (whmcs.md §4.1), and about AddFunds where the invoice is
 * a deposit. WHMCS stores when an invoice was paid, so only payments since sweeping began count.
 */
export const sweepUnheardPayments: InvoiceSweep = async (
  range,
  { db, tellMissed, eachAlone, isHeard, paid, at },
) => {
  const missed = await unheardPayments(db, range, paid);
  const hears = isHeard('InvoicePaid', 'AddFunds');
  const task = {
    name: 'missed-payment',
    nameOf: (one: InvoiceOfClient) => nameOfInvoice('Telling the rules about the payment of', one),
    covers: inRange(range),
  };
  await eachAlone.together(task, [missed], async (some) => {
    if (hears) {
      await tellMissed(
        'InvoicePaid',
        some.map(({ invoiceId }) => invoiceId),
      );
    }
    await addFindings(
      db,
      some.map(({ clientId, invoiceId }) => ({
        fact: `paid:${invoiceId}`,
        kind: 'paid',
        clientId,
        invoiceId,
        text: `Invoice #${invoiceId} was paid, and WHMCS did not tell us.`,
        outcome: hears ? 'told' : 'nobody',
      })),
      at,
    );
  });
};

/** Reads paid invoices without a delivered InvoicePaid and without a finding. Those with a zero payment date are left out. */
async function unheardPayments(
  db: Db,
  { from, to }: IdRange,
  { since, until }: PaidBetween,
): Promise<readonly InvoiceOfClient[]> {
  const { rows } = await sql<InvoiceOfClient>`
    SELECT i.id AS invoiceId, i.userid AS clientId
    FROM tblinvoices i
    LEFT JOIN mod_creditbridge_findings f ON f.fact = ${factOfInvoice('paid:')}
    WHERE i.id BETWEEN ${from} AND ${to} AND i.status = 'Paid'
      AND i.datepaid >= ${since} AND i.datepaid <= ${until} AND f.fact IS NULL
      AND NOT ${wasDelivered('InvoicePaid')}`.execute(db);
  return rows;
}
