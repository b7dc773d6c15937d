import type { Facts, InvoiceFacts } from '../facts.ts';
import type { CancelEffect } from '../words.ts';
import { invoiceIn } from './invoice-in.ts';
import { type Allowance, forbiddenBy } from './limit-book.ts';
import { type Served, withoutAmount } from './served.ts';
import type { World } from './world.ts';

/** Cancels an invoice on which there is neither money nor credit. */
export function serveCancel(
  effect: CancelEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  const refusal =
    whyNotCancellable(invoiceIn(facts, effect.invoiceId), effect.invoiceId, facts) ??
    forbiddenBy(allowances);
  if (refusal !== null) return withoutAmount(spendable, refusal);
  world.cancelled.add(effect.invoiceId);
  return withoutAmount(spendable, null);
}

function whyNotCancellable(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  facts: Facts,
): string | null {
  if (invoice === undefined || invoice.clientId !== facts.client.id) {
    return `Invoice #${invoiceId} is not among the invoices that were looked at.`;
  }
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.paymentAttempted || invoice.paidHundredths !== 0n) {
    return `A payment of invoice #${invoiceId} was attempted; it is not cancelled any more.`;
  }
  // WHMCS 8 does not give credit on a cancelled invoice back (whmcs.md §2.7).
  if (invoice.creditHundredths !== 0n) {
    return `Credit was put on invoice #${invoiceId}; cancelling would lose it.`;
  }
  return null;
}
