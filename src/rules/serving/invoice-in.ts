import type { Facts, InvoiceFacts } from '../facts.ts';

/** The invoice of this id among the facts. */
export function invoiceIn(facts: Facts, id: number): InvoiceFacts | undefined {
  if (facts.invoice?.id === id) return facts.invoice;
  return (
    facts.openInvoices.find((invoice) => invoice.id === id) ??
    facts.openDeposits.find((invoice) => invoice.id === id)
  );
}
