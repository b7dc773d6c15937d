import { formatAmount } from '../../money/index.ts';
import type { PaidTwice } from '../ports.ts';
import type { InvoiceSweep } from './sweep.ts';

/** Invoices that a mass payment paid although they were paid already (whmcs.md §2.6). Shown; what to do is for an admin to say. */
export const sweepPaidTwice: InvoiceSweep = async (window, { store, paid, at }) => {
  const twice = await store.paidTwice(window, paid);
  await store.addFindings(
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

function describe({
  invoiceId,
  containers,
  paidHundredths,
  grossHundredths,
  currencyCode,
}: PaidTwice): string {
  const amount = (hundredths: bigint) => `${formatAmount(hundredths)} ${currencyCode}`;
  const numbers = containers.map((id) => `#${id}`).join(', ');
  return `Invoice #${invoiceId} is over ${amount(grossHundredths)} and received ${amount(paidHundredths)}, with mass payment ${numbers} among it. See whether WHMCS put the rest on the client's credit; give it back, or leave it there, and close this.`;
}
