import type { InvoiceProof } from './gathered.ts';

/** Statuses of an invoice that was paid once (whmcs.md §2.8). */
const PAID: ReadonlySet<string> = new Set(['Paid', 'Refunded', 'Collections']);

/** Whether the invoice was paid, or is covered although its status does not show it yet. */
export function isPaid(invoice: InvoiceProof): boolean {
  const { status, totalHundredths, openHundredths, creditHundredths } = invoice;
  if (PAID.has(status)) return true;
  const something = openHundredths < totalHundredths || creditHundredths > 0n;
  return status !== 'Draft' && something && openHundredths <= 0n;
}
