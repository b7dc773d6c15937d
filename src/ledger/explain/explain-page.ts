import type { Explained, LogRow } from '../entry.ts';
import { commandOf, explainByCommand } from './by-command.ts';
import { byTextAlone, byTextAndInvoice } from './by-text.ts';
import { creditCame, opens } from './credit-came.ts';
import { creditWent } from './credit-went.ts';
import type { Gathered, InvoiceProof, UpgradeProof } from './gathered.ts';
import { paymentReversed } from './payment-reversed.ts';
import { createProofs, isNearDay, ONE_ACT_DAYS, type Proofs } from './proofs.ts';
import type { TextKind, TextPatterns } from './text-patterns.ts';

/**
 * Explains each row of a list. Evidence comes before text: our command, money, invoices, upgrades, hooks; then a text about an
 * existing invoice; then the admin; then a text alone. Each proof explains only one row; of equal proofs, the row with the
 * smaller id gets the first.
 */
export function explainPage(
  rows: readonly LogRow[],
  gathered: Gathered,
  patterns: TextPatterns,
): ReadonlyMap<number, Explained> {
  const proofs = createProofs(gathered, rows);
  const explained = new Map<number, Explained>();
  for (const row of rows.toSorted((a, b) => a.id - b.id)) {
    proofs.begin(row);
    const found = explainRow(row, proofs, patterns);
    explained.set(row.id, found);
    proofs.take({
      logId: row.id,
      clientId: row.clientId,
      kind: found.kind,
      direction: row.amountHundredths > 0n ? 'in' : 'out',
      amountHundredths: row.amountHundredths < 0n ? -row.amountHundredths : row.amountHundredths,
      invoiceId: found.invoiceId,
      commandId: found.commandId,
      staysOnInvoice: proofs.command(found.commandId ?? '')?.action === 'AddCredit',
      on: row.on,
    });
  }
  return explained;
}

/**
 * Whether the client's other acts of that time could explain the row better: so far only an admin's name explains it, or a
 * text that names no invoice.
 */
export function isOpenQuestion({ evidence, invoiceId }: Explained): boolean {
  switch (evidence) {
    case 'none':
    case 'admin':
      return true;
    case 'text':
      return invoiceId === null;
    default:
      return false;
  }
}

function explainRow(row: LogRow, proofs: Proofs, patterns: TextPatterns): Explained {
  const ids = proofs.idsNamedBy(row);
  const command = commandOf(row, ids, proofs);
  if (command !== undefined) return explainByCommand(row, command);
  const named = ids.flatMap((id) => {
    const invoice = proofs.invoice(id);
    return invoice?.clientId === row.clientId ? [invoice] : [];
  });
  return (
    byInvoices(row, named, proofs, patterns) ??
    textAboutInvoice(row, named, proofs, patterns) ??
    elsewhere(row, named, proofs, patterns) ??
    textWithoutNumber(row, named, proofs, patterns) ??
    byAdmin(row) ??
    textAlone(row, proofs, patterns) ??
    unknown(row)
  );
}

/** How an invoice that the row does not name may explain it: only by evidence of the exact amount. */
const PROVED_BY_AMOUNT: ReadonlySet<TextKind> = new Set(['mass-payment', 'deposit', 'refund']);

/** Explains a row by the client's acts of that time; not when its text is about an invoice that is gone. */
function elsewhere(
  row: LogRow,
  named: readonly InvoiceProof[],
  proofs: Proofs,
  patterns: TextPatterns,
): Explained | undefined {
  const said = patterns.read(row);
  const isGone = said.some(
    ({ invoiceId }) => invoiceId !== null && proofs.invoice(invoiceId) === undefined,
  );
  if (isGone) return undefined;
  // WHMCS's words for credit that pays an invoice are never those of a reversal.
  const isSpent = said.some(({ kind }) => kind === 'invoice');
  const reversed = isSpent
    ? undefined
    : paymentReversed(row, [...named, ...proofs.invoicesOf(row.clientId)], proofs);
  const found = reversed ?? withoutInvoice(row, proofs);
  // Other invoices cannot explain an admin's act or a row that names an invoice.
  if (found !== undefined || named.length > 0 || row.adminId !== 0) return found;
  return byInvoices(row, onThatDay(row, proofs), proofs, patterns, PROVED_BY_AMOUNT);
}

function byInvoices(
  row: LogRow,
  invoices: readonly InvoiceProof[],
  proofs: Proofs,
  patterns: TextPatterns,
  kinds?: ReadonlySet<TextKind>,
): Explained | undefined {
  if (row.amountHundredths < 0n) {
    for (const invoice of invoices) {
      const found = creditWent(row, invoice, proofs);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const all = invoices
    .flatMap((invoice) => creditCame(row, invoice, proofs))
    .filter(({ says }) => kinds?.has(says) ?? true);
  if (all.length < 2) return all[0]?.explained;
  // A text may choose among the explanations that the evidence supports.
  const said = new Set(patterns.read(row).map(({ kind }) => kind));
  return (all.find(({ says }) => said.has(says)) ?? all[0])?.explained;
}

/** Explains a row without an invoice: by the client's money, change of service or merge. */
function withoutInvoice(row: LogRow, proofs: Proofs): Explained | undefined {
  if (row.amountHundredths < 0n) return undefined;
  const found = { invoiceId: null, commandId: null, adminId: row.adminId || null } as const;
  if (proofs.payment(row) !== undefined) {
    const reason = 'Money of this amount was booked for the client, without an invoice.';
    return {
      ...found,
      kind: 'payment-to-credit',
      evidence: 'payment',
      reason,
      act: opens('paid', true),
    };
  }
  const upgrade = proofs.upgrade(row);
  if (upgrade !== undefined) {
    return { ...found, kind: 'downgrade', evidence: 'upgrade', ...downgraded(upgrade, proofs) };
  }
  if (proofs.withdrawal(row) !== undefined) {
    const reason = 'A commission of this amount was paid out to the client on that day.';
    return { ...found, kind: 'affiliate', evidence: 'affiliate', reason, act: opens('affiliate') };
  }
  if (row.adminId === 0 && proofs.merge(row)) {
    const reason = 'Another client was merged into this one on that day.';
    return { ...found, kind: 'merge', evidence: 'delivery', reason, act: opens('adjustment') };
  }
  return undefined;
}

/**
 * Credit that paid for the service comes back as what it was, in proportion. The part that money paid cannot be withdrawn, as
 * hosts tell clients (whmcs.md §7), nor can all of it when no invoice is known.
 */
function downgraded(
  { id, serviceId, paidBy }: UpgradeProof,
  proofs: Proofs,
): Pick<Explained, 'invoiceId' | 'reason' | 'act'> {
  const reason = `Service ${serviceId} was downgraded (upgrade ${id})`;
  const invoice = paidBy === null ? undefined : proofs.invoice(paidBy);
  const outOfHundredths = invoice === undefined ? 0n : proofs.paidWith(invoice);
  if (invoice === undefined || proofs.put(invoice.id) <= 0n || outOfHundredths <= 0n) {
    return { invoiceId: null, reason: `${reason}.`, act: opens('refund') };
  }
  return {
    invoiceId: invoice.id,
    reason: `${reason}; invoice #${invoice.id} had paid for it.`,
    act: { do: 'return', outOfHundredths },
  };
}

/** The client's invoices that changed on the row's day or are unpaid. */
function onThatDay(row: LogRow, proofs: Proofs): readonly InvoiceProof[] {
  if (row.on === null) return [];
  const isThen = (day: string | null) => isNearDay(row, day, ONE_ACT_DAYS);
  return proofs
    .invoicesOf(row.clientId)
    .filter(
      ({ createdOn, paidOn, status }) => isThen(createdOn) || isThen(paidOn) || status === 'Unpaid',
    );
}

function textAboutInvoice(
  row: LogRow,
  named: readonly InvoiceProof[],
  proofs: Proofs,
  patterns: TextPatterns,
): Explained | undefined {
  for (const said of patterns.read(row)) {
    const invoice = named.find(({ id }) => id === said.invoiceId);
    const found = invoice && byTextAndInvoice(row, said, invoice, proofs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The kinds of text that may name no invoice, and leave a trace of their amount on the one they are about. */
const TRACED: readonly TextKind[] = ['return', 'overpayment'];

/** Whether only the text says what it was, and not for which invoice. */
export function isTextWithoutNumber(row: LogRow, patterns: TextPatterns): boolean {
  return patterns
    .read(row)
    .some(({ kind, invoiceId }) => invoiceId === null && TRACED.includes(kind));
}

/** A text that names no invoice is about the client's only one that shows this very amount. */
function textWithoutNumber(
  row: LogRow,
  named: readonly InvoiceProof[],
  proofs: Proofs,
  patterns: TextPatterns,
): Explained | undefined {
  if (named.length > 0 || !isTextWithoutNumber(row, patterns)) return undefined;
  const said = new Set(patterns.read(row).map(({ kind }) => kind));
  const found = proofs
    .invoicesOf(row.clientId)
    .flatMap((invoice) => creditCame(row, invoice, proofs))
    .filter(({ says, isExact }) => isExact && said.has(says));
  return found.length === 1 ? found[0]?.explained : undefined;
}

/** An admin's id says who, not what; so it comes after what invoices and money say. */
function byAdmin(row: LogRow): Explained | undefined {
  if (row.adminId === 0) return undefined;
  return {
    kind: 'manual',
    invoiceId: null,
    commandId: null,
    adminId: row.adminId,
    evidence: 'admin',
    reason: '',
    act: row.amountHundredths > 0n ? opens('adjustment') : { do: 'spend', grants: [] },
  };
}

function textAlone(row: LogRow, proofs: Proofs, patterns: TextPatterns): Explained | undefined {
  for (const said of patterns.read(row)) {
    // An existing invoice was checked before: it did not match, or is another client's.
    if (said.invoiceId !== null && proofs.invoice(said.invoiceId) !== undefined) continue;
    const found = byTextAlone(row, said);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unknown(row: LogRow): Explained {
  return {
    kind: 'unknown',
    invoiceId: null,
    commandId: null,
    adminId: null,
    evidence: 'none',
    reason: 'Nothing known explains it.',
    act: row.amountHundredths > 0n ? opens('unexplained') : { do: 'spend', grants: [] },
  };
}
