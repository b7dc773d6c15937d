import { z } from 'zod';
import type { Facts, InvoiceFacts } from '../facts.ts';
import { forbiddenBy } from '../serving/allowance.ts';
import type { Command } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import { id } from '../serving/members.ts';
import { type Served, withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';

const schema = z.strictObject({
  kind: z.literal('cancel'),
  invoiceId: id,
});

/** Cancels an unpaid invoice without any payment attempt. */
export type CancelEffect = Readonly<z.output<typeof schema>>;

export const cancel = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  propose(wish: Wished<CancelEffect>) {
    return { kind: 'cancel', invoiceId: wish.invoiceId };
  },

  asked: () => null,

  merge: (one) => one,

  serve,

  words: {
    name: 'Cancel invoice',
    verb: 'cancel',
    participle: 'cancelled',
    object: ({ target }) => target,
  },

  command(effect): Command {
    return {
      call: {
        action: 'UpdateInvoice',
        parameters: { invoiceid: effect.invoiceId, status: 'Cancelled' },
      },
      expects: { invoiceStatus: 'Unpaid', noPayments: true },
      amountHundredths: 0n,
      holdHundredths: 0n,
      urgency: urgencies.cancel,
      delaySeconds: 0,
      afterFact: null,
      terms: null,
    };
  },
});

/** Cancels only an invoice with neither money nor credit on it. */
function serve(
  { invoiceId }: CancelEffect,
  { facts, spendableHundredths, allowances, world }: Serving,
): Served {
  const refusal =
    whyNotCancellable(invoiceIn(facts, invoiceId), invoiceId, facts) ?? forbiddenBy(allowances);
  if (refusal === null) world.cancelled.add(invoiceId);
  return withoutAmount(spendableHundredths, refusal);
}

function whyNotCancellable(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  facts: Facts,
): string | null {
  if (invoice === undefined || invoice.clientId !== facts.client.id) {
    return `Invoice #${invoiceId} is not among the invoices of this decision.`;
  }
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.paymentAttempted || invoice.paidHundredths !== 0n) {
    return `A payment of invoice #${invoiceId} was attempted; it can no longer be cancelled.`;
  }
  // WHMCS 8 does not give back credit on a cancelled invoice (whmcs.md §2.7).
  if (invoice.creditHundredths !== 0n) {
    return `Credit was put on invoice #${invoiceId}; cancelling would lose it.`;
  }
  return null;
}
