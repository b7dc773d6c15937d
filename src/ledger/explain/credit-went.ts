import type { Explained, LogRow } from '../entry.ts';
import type { InvoiceProof } from './gathered.ts';
import type { Proofs } from './proofs.ts';

/** What this invoice could have to do with credit that went: it uses what its mass payment brought, or carries more credit than rows explain. */
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
      reason: `It uses for invoice #${invoice.id} what row ${partner} of the log brought for it.`,
      act: { do: 'spend-partner', logId: partner },
    };
  }
  // What later rows took off again is no longer on it.
  const carried = proofs.unexplainedCredit(invoice) + proofs.laterCredit(invoice, 1);
  if (!proofs.figuresMove || carried < amount) return undefined;
  return {
    ...found,
    kind: putOnKind(invoice),
    evidence: 'invoice',
    reason: `Invoice #${invoice.id} carries this credit.`,
    act: { do: 'spend', grants: [] },
  };
}

/** Credit put on a deposit or on a mass payment only passes through: it comes out again. */
export function putOnKind({ depositLines, pays }: InvoiceProof): 'transit' | 'invoice' {
  return depositLines.length > 0 || pays.length > 0 ? 'transit' : 'invoice';
}
