import { grantTerms } from '../act.ts';
import type { DraftAct, Explained, LogRow } from '../entry.ts';
import type { GrantKind } from '../kinds.ts';
import type { InvoiceProof } from './gathered.ts';
import { isPaid } from './is-paid.ts';
import type { Proofs } from './proofs.ts';
import type { TextKind } from './text-patterns.ts';

/** An explanation that the evidence supports, with the kind of text that would confirm it. */
export interface Candidate {
  readonly says: TextKind;
  readonly explained: Explained;
  /** The invoice shows this very amount, not only as much or more. */
  readonly isExact: boolean;
}

/**
 * How this invoice could explain added credit, strongest first: a mass payment passes credit through it; it is a deposit; a
 * payment of it was refunded; it was overpaid; credit was taken off it.
 */
export function creditCame(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  return [
    ...massPayment(row, invoice, proofs),
    ...deposit(row, invoice, proofs),
    ...refund(row, invoice, proofs),
    ...overpayment(row, invoice, proofs),
    ...taken(row, invoice, proofs),
  ];
}

/** Opens a grant; only known money is refundable (docs/operators.md, "What can be paid out"). */
export function opens(kind: GrantKind, refundable = false): DraftAct {
  return { do: 'grant', ...grantTerms.parse({ kind, refundable }), fundsUnfunded: false };
}

/** A mass payment adds each target's amount as credit and uses it for the target at once (whmcs.md §2.6). */
function massPayment(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  const amount = row.amountHundredths;
  const containers = [invoice, ...invoice.containers.map((id) => proofs.invoice(id))];
  const found = containers.find((container) => {
    if (container === undefined || !isPaid(container)) return false;
    const lines = proofs.linesLeft(container);
    return container === invoice
      ? lines.length > 0 && amount === sumOf(container) && lines.length === container.pays.length
      : lines.some((line) => line.invoiceId === invoice.id && line.amountHundredths === amount);
  });
  if (found === undefined) return [];
  // Credit that paid the container comes back unchanged; only money opens a new grant.
  const byMoney = found.paidHundredths >= sumOf(found);
  return [
    candidate(row, 'mass-payment', {
      kind: 'transit',
      invoiceId: byMoney ? invoice.id : found.id,
      evidence: 'invoice',
      reason: `Mass payment #${found.id} passed it on to invoice #${invoice.id}.`,
      act: byMoney ? opens('paid', true) : { do: 'return' },
    }),
  ];
}

/** A paid invoice adds the amount of its AddFunds line (whmcs.md §2.3); only the part that money paid is paid credit. */
function deposit(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  const amount = row.amountHundredths;
  const lines = proofs.depositLinesLeft(invoice);
  const all = lines.reduce((sum, line) => sum + line, 0n);
  if (!isPaid(invoice) || (!lines.includes(amount) && all !== amount)) return [];
  const byMoney = proofs.everReceivedLeft(invoice) >= amount;
  // A refund leaves the credit (whmcs.md §2.7), but its money is gone.
  const isThere = proofs.receivedLeft(invoice) >= amount;
  const what = `Invoice #${invoice.id} adds funds`;
  return [
    candidate(row, 'deposit', {
      kind: byMoney ? 'deposit' : 'transit',
      invoiceId: invoice.id,
      evidence: byMoney ? 'payment' : 'invoice',
      reason: byMoney
        ? `${what}, and money paid it${isThere ? '' : '; some of that money was refunded since'}.`
        : `${what}, but credit paid it, at least in part: that credit comes back as what it was.`,
      act: byMoney ? opens('paid', isThere) : { do: 'return' },
    }),
  ];
}

/** A payment refunded to the client's credit (whmcs.md §2.5): it was the client's money. */
function refund(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  const refunds = proofs.refundsLeft(invoice);
  if (!refunds.some((one) => one.amountHundredths === row.amountHundredths)) return [];
  return [
    candidate(row, 'refund', {
      kind: 'refund',
      invoiceId: invoice.id,
      evidence: 'payment',
      reason: `A payment of invoice #${invoice.id} was refunded by this amount.`,
      act: opens('refund', true),
    }),
  ];
}

/** A payment larger than what was due (whmcs.md §2.5). */
function overpayment(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  const excess = proofs.excessLeft(invoice);
  if (!isPaid(invoice) || excess < row.amountHundredths) return [];
  const found = {
    kind: 'overpayment',
    invoiceId: invoice.id,
    evidence: 'payment',
    reason: `More was paid for invoice #${invoice.id} than was due.`,
    act: opens('paid', true),
  } as const;
  return [candidate(row, 'overpayment', found, excess === row.amountHundredths)];
}

/** The invoice has less credit than was put on it (whmcs.md §2.4, a negative ApplyCredit or the admin's Credit tab). */
function taken(row: LogRow, invoice: InvoiceProof, proofs: Proofs): Candidate[] {
  // Its figures already include what later rows put on it.
  const missing = -(proofs.unexplainedCredit(invoice) + proofs.laterCredit(invoice, -1));
  const byFigures = proofs.figuresMove && missing >= row.amountHundredths;
  const byOther = isTakenByNote(row, invoice, proofs) || isAllOfCancelled(row, invoice, proofs);
  if (!byFigures && !byOther) return [];
  const found = {
    kind: 'return',
    invoiceId: invoice.id,
    evidence: 'invoice',
    reason: `Invoice #${invoice.id} has less credit than was put on it.`,
    act: { do: 'return' },
  } as const;
  return [candidate(row, 'return', found, byOther || missing === row.amountHundredths)];
}

/** On 9.x a debit note of the same amount, on an invoice that has as much credit (whmcs.md §2.2). */
function isTakenByNote(row: LogRow, invoice: InvoiceProof, proofs: Proofs): boolean {
  return (
    proofs.put(invoice.id) >= row.amountHundredths &&
    proofs.debitNotesLeft(invoice).includes(row.amountHundredths)
  );
}

/** WHMCS may give back what a cancelled invoice took, without another trace (whmcs.md §2.7). */
function isAllOfCancelled({ amountHundredths }: LogRow, invoice: InvoiceProof, proofs: Proofs) {
  return invoice.status === 'Cancelled' && proofs.put(invoice.id) === amountHundredths;
}

function sumOf({ pays }: InvoiceProof): bigint {
  return pays.reduce((sum, { amountHundredths }) => sum + amountHundredths, 0n);
}

function candidate(
  row: LogRow,
  says: TextKind,
  found: Omit<Explained, 'commandId' | 'adminId'>,
  isExact = true,
): Candidate {
  const explained = { ...found, commandId: null, adminId: row.adminId || null };
  return { says, explained, isExact };
}
