import type { Located, LocatedInvoice } from './located.ts';
import type { Subject } from './subject.ts';

/**
 * What an invoice looks like once the change a hook tells of is committed. WHMCS may fire the hook inside its own open
 * transaction, and then others still see the invoice as it was.
 */
const AFTERWARDS: Readonly<Record<string, (invoice: LocatedInvoice) => boolean>> = {
  InvoiceCreated: ({ status }) => status !== 'Draft',
  InvoicePaid: ({ status }) => !['Draft', 'Unpaid', 'Payment Pending'].includes(status),
  InvoiceUnpaid: ({ status }) => status !== 'Paid',
  InvoiceCancelled: ({ status }) => status === 'Cancelled',
  InvoiceRefunded: ({ status }) => status === 'Refunded',
};

/**
 * Whether the database shows what a hook tells of. A rule must not conclude from an absent row that there is none until
 * it was looked for several times (bridge/README.md, `not-visible-yet`).
 */
export function isVisible(hook: string, subject: Subject, located: Located): boolean {
  if (hook === 'ClientAdd' && !located.clients.has(subject.clientId ?? 0)) return false;
  const { transactionId } = subject;
  if (transactionId !== null && !located.transactions.has(transactionId)) return false;
  return subject.invoiceIds.every((id) => {
    const invoice = located.invoices.get(id);
    return invoice !== undefined && (AFTERWARDS[hook]?.(invoice) ?? true);
  });
}
