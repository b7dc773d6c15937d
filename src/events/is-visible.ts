import type { Located, LocatedInvoice } from './located.ts';
import type { Subject } from './subject.ts';

/**
 * The invoice's state once the hook's change is committed. WHMCS may fire the hook inside its own open transaction; until
 * the commit, others still see the old invoice.
 */
const AFTERWARDS: Readonly<Record<string, (invoice: LocatedInvoice) => boolean>> = {
  InvoiceCreated: ({ status }) => status !== 'Draft',
  InvoicePaid: isPaid,
  InvoiceUnpaid: ({ status }) => status !== 'Paid',
  InvoiceCancelled: ({ status }) => status === 'Cancelled',
  // Refunds of some gateways, and reversals, end as Collections (whmcs.md §2.7).
  InvoiceRefunded: ({ status }) => status === 'Refunded' || status === 'Collections',
};

/** Whether it was paid, whatever became of it afterwards. */
export function isPaid({ status }: LocatedInvoice): boolean {
  return !['Draft', 'Unpaid', 'Payment Pending'].includes(status);
}

/**
 * Whether the database shows the hook's change yet. An absent row proves nothing until the service has looked for it
 * several times (bridge/README.md, `not-visible-yet`).
 */
export function isVisible(hook: string, subject: Subject, located: Located): boolean {
  if (hook === 'ClientAdd' && !located.clients.has(subject.clientId ?? 0)) return false;
  const { transactionId, mergedClientId } = subject;
  if (mergedClientId !== null && !showsMerge(subject, located)) return false;
  if (transactionId !== null && !located.transactions.has(transactionId)) return false;
  return subject.invoiceIds.every((id) => {
    const invoice = located.invoices.get(id);
    return invoice !== undefined && (AFTERWARDS[hook]?.(invoice) ?? true);
  });
}

/** The merged client is gone and the other one is there. Whose the rows are is compared where a merge counts. */
function showsMerge({ clientId, mergedClientId }: Subject, { clients }: Located): boolean {
  return !clients.has(mergedClientId ?? 0) && clients.has(clientId ?? 0);
}
