import type { InvoiceOfClient } from '../ports.ts';
import { type InvoiceSweep, inWindow, nameOfInvoice } from './sweep.ts';

/**
 * Paid invoices whose InvoicePaid never came (whmcs.md §4.1): it goes before the rules, and AddFunds with it where it is
 * a deposit. WHMCS writes when an invoice was paid, so only those paid since we look count, however long a round takes.
 */
export const sweepUnheardPayments: InvoiceSweep = async (
  window,
  { store, tellMissed, eachAlone, isHeard, paid, at },
) => {
  const missed = await store.unheardPayments(window, paid);
  const hears = isHeard('InvoicePaid', 'AddFunds');
  const task = {
    name: 'missed-payment',
    nameOf: (one: InvoiceOfClient) => nameOfInvoice('Telling the rules of the payment of', one),
    covers: inWindow(window),
  };
  await eachAlone.together(task, [missed], async (some) => {
    if (hears) {
      await tellMissed(
        'InvoicePaid',
        some.map(({ invoiceId }) => invoiceId),
      );
    }
    await store.addFindings(
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
