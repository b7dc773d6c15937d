import type { InvoiceProof } from './gathered.ts';

/** Statuses of an invoice that was paid once (whmcs.md §2.8). */
const PAID: ReadonlySet<string> = new Set(['Paid', 'Refunded', 'Collections']);

/** Whether the invoice was paid, or is covered although its status does not show it yet. */
export function isPaid(invoice: InvoiceProof): boolean {
  const { status, totalHundredths, paidHundredths, creditHundredths } = invoice;
  if (PAID.has(status)) return true;
  const something = paidHundredths > 0n || creditHundredths > 0n;
  return status !== 'Draft' && something && paidHundredths >= totalHundredths;
}
