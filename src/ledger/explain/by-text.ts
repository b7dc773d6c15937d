import type { DraftAct, Explained, LogRow } from '../entry.ts';
import { opens } from './credit-came.ts';
import { putOnKind } from './credit-went.ts';
import type { InvoiceProof } from './gathered.ts';
import type { Proofs } from './proofs.ts';
import type { Said } from './text-patterns.ts';

/**
 * Explains a row by its text alone, for an existing invoice of the client. The invoice overrules the text: its lines show
 * whether it adds funds or passes credit on, and credit that was never put on it cannot come back.
 */
export function byTextAndInvoice(
  row: LogRow,
  said: Said,
  invoice: InvoiceProof,
  proofs: Proofs,
): Explained | undefined {
  const found = { invoiceId: invoice.id, ...by(row) };
  switch (said.kind) {
    case 'invoice':
      return { ...found, kind: putOnKind(invoice), act: { do: 'spend', grants: [] } };
    case 'return':
      if (!mayReturn(row, invoice, proofs)) return undefined;
      return { ...found, kind: 'return', act: { do: 'return' } };
    case 'refund':
      return { ...found, kind: 'refund', act: refundOf(row, invoice, proofs) };
    case 'overpayment':
      return { ...found, kind: 'overpayment', act: opens('unexplained') };
    case 'deposit':
    case 'payment-to-credit':
    case 'downgrade':
    case 'affiliate':
    case 'mass-payment':
      return undefined;
  }
}

/** Credit that was never put on an invoice cannot come back; what a cancelled order gives back may be money beside credit. */
function mayReturn(row: LogRow, invoice: InvoiceProof, proofs: Proofs): boolean {
  const put = proofs.put(invoice.id);
  const isEnded = invoice.status === 'Cancelled' || invoice.status === 'Refunded';
  return put >= row.amountHundredths || (isEnded && put > 0n);
}

/** Money that was paid is refunded; more than that was paid with credit, too, and comes back in proportion as what it was. */
function refundOf(row: LogRow, invoice: InvoiceProof, proofs: Proofs): DraftAct {
  const outOfHundredths = proofs.paidWith(invoice);
  const isMoney = outOfHundredths - proofs.put(invoice.id) >= row.amountHundredths;
  return isMoney || outOfHundredths <= 0n ? opens('refund') : { do: 'return', outOfHundredths };
}

/** Explains a row by its text when there is no evidence and the invoice it names is gone. It never makes credit refundable. */
export function byTextAlone(row: LogRow, { kind, invoiceId }: Said): Explained | undefined {
  const found = { invoiceId, ...by(row) };
  switch (kind) {
    case 'invoice':
      return { ...found, kind, act: { do: 'spend', grants: [] } };
    case 'return':
      return { ...found, kind, act: { do: 'return' } };
    case 'refund':
    case 'downgrade':
      return { ...found, kind, act: opens('refund') };
    case 'affiliate':
      return { ...found, kind, act: opens('affiliate') };
    case 'deposit':
    case 'overpayment':
    case 'payment-to-credit':
      return { ...found, kind, act: opens('unexplained') };
    case 'mass-payment':
      return undefined;
  }
}

function by(row: LogRow): Pick<Explained, 'commandId' | 'adminId' | 'evidence' | 'reason'> {
  return {
    commandId: null,
    adminId: row.adminId || null,
    evidence: 'text',
    reason: 'Only its text shows this.',
  };
}
