import type { Explained, LogRow } from '../entry.ts';
import type { InvoiceProof } from './gathered.ts';
import type { Proofs } from './proofs.ts';

/** How this invoice could explain taken credit: it uses its mass payment's credit, or has more credit than rows explain. */
export function creditWent(
  row: LogRow,
  invoice: InvoiceProof,
  proofs: Proofs,
): Explained | undefined {
  const amount = -row.amountHundredths;
  const found = { invoiceId: invoice.id, commandId: null, adminId: row.adminId || null } as const;
  const partner = proofs.openTransit(invoice, amount);
  if (partner !== undefined) {
    return {
      ...found,
      kind: 'transit',
      evidence: 'invoice',
      reason: `It uses for invoice #${invoice.id} the credit that row ${partner} of the log added for it.`,
      act: { do: 'spend-partner', logId: partner },
    };
  }
  const isPutOn = isOnIt(amount, invoice, proofs);
  const hasNote = !isPutOn && proofs.creditNotesLeft(invoice).includes(amount);
  if (!isPutOn && !hasNote) return undefined;
  return {
    ...found,
    kind: putOnKind(invoice),
    evidence: 'invoice',
    reason: hasNote
      ? `Invoice #${invoice.id} has a credit note of this amount.`
      : `This credit is on invoice #${invoice.id}.`,
    act: { do: 'spend', grants: [] },
  };
}

/** Whether the figures of an invoice of 8.x show as much credit that no row explains. */
function isOnIt(amount: bigint, invoice: InvoiceProof, proofs: Proofs): boolean {
  // They no longer include what later rows took off again.
  const carried = proofs.unexplainedCredit(invoice) + proofs.laterCredit(invoice, 1);
  return proofs.figuresMove && carried >= amount;
}

/** Credit put on a deposit or on a mass payment only passes through: it is added again later. */
export function putOnKind({ depositLines, pays }: InvoiceProof): 'transit' | 'invoice' {
  return depositLines.length > 0 || pays.length > 0 ? 'transit' : 'invoice';
}
