import { formatAmount } from '../../money/index.ts';
import type { InvoiceSweep } from './sweep.ts';

/** Money that came for an invoice which we had cancelled: a bank transfer on its way, or a gateway that was slow. */
export const sweepPaidAfterCancel: InvoiceSweep = async (window, { store, at }) => {
  const met = await store.paidAfterOurCancel(window);
  await store.addFindings(
    met.map((one) => {
      const amount = `${formatAmount(one.amountHundredths)} ${one.currencyCode}`;
      return {
        fact: `paid-after-cancel:${one.paymentId}`,
        kind: 'paid-after-cancel',
        clientId: one.clientId,
        invoiceId: one.invoiceId,
        outcome: 'open',
        text: `${amount} was received${one.paidOn === null ? '' : ` on ${one.paidOn}`} for invoice #${one.invoiceId}, which Credit Bridge had cancelled. Set the invoice back to Unpaid so that the payment counts, or add the amount to the client's credit, or refund it.`,
      };
    }),
    at,
  );
};
