import type { InvoiceSweep } from './sweep.ts';

/**
 * Paid invoices whose InvoicePaid never came (whmcs.md §4.1): it goes before the rules, and AddFunds with it where it is
 * a deposit. WHMCS writes when an invoice was paid, so only those paid since we look count, however long a round takes.
 */
export const sweepUnheardPayments: InvoiceSweep = async (
  window,
  { store, tellMissed, isHeard, paid, at },
) => {
  const missed = await store.unheardPayments(window, paid);
  if (missed.length === 0) return;
  const hears = isHeard('InvoicePaid', 'AddFunds');
  if (hears) {
    await tellMissed(
      'InvoicePaid',
      missed.map(({ invoiceId }) => invoiceId),
    );
  }
  await store.addFindings(
    missed.map(({ clientId, invoiceId }) => ({
      fact: `paid:${invoiceId}`,
      kind: 'paid',
      clientId,
      invoiceId,
      text: `Invoice #${invoiceId} was paid, and WHMCS did not tell us.`,
      outcome: hears ? 'told' : 'nobody',
    })),
    at,
  );
};
