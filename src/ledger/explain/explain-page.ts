import type { Explained, LogRow } from '../entry.ts';
import { commandOf, explainByCommand } from './by-command.ts';
import { byTextAlone, byTextAndInvoice } from './by-text.ts';
import { creditCame, opens } from './credit-came.ts';
import { creditWent } from './credit-went.ts';
import type { Gathered, InvoiceProof } from './gathered.ts';
import { idsNamedBy } from './named-in.ts';
import { createProofs, type Proofs } from './proofs.ts';
import type { TextPatterns } from './text-patterns.ts';

/**
 * Says of each row of a page what it was. Evidence goes before text: our command, money, invoices, upgrades, hooks; then a
 * text about an invoice that is there; then the admin; then a text alone. A proof that one row used proves no other, and
 * among equal ones the row with the smaller id has the first.
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
      on: row.on,
    });
  }
  return explained;
}

/** Whether more evidence could still say more: nothing but a text or an admin's name speaks for it. */
export function isWeak({ evidence }: Explained): boolean {
  return evidence === 'none' || evidence === 'text' || evidence === 'admin';
}

function explainRow(row: LogRow, proofs: Proofs, patterns: TextPatterns): Explained {
  const ids = idsNamedBy(row);
  const command = commandOf(row, ids, proofs);
  if (command !== undefined) return explainByCommand(row, command);
  const named = ids.flatMap((id) => {
    const invoice = proofs.invoice(id);
    return invoice?.clientId === row.clientId ? [invoice] : [];
  });
  return (
    (row.amountHundredths > 0n ? came(row, named, proofs, patterns) : went(row, named, proofs)) ??
    textAboutInvoice(row, named, proofs, patterns) ??
    byAdmin(row) ??
    textAlone(row, proofs, patterns) ??
    unknown(row)
  );
}

function came(
  row: LogRow,
  named: readonly InvoiceProof[],
  proofs: Proofs,
  patterns: TextPatterns,
): Explained | undefined {
  const said = new Set(patterns.read(row).map(({ kind }) => kind));
  const pick = (invoices: readonly InvoiceProof[]) => {
    const all = invoices.flatMap((invoice) => creditCame(row, invoice, proofs));
    // A text may choose among what the evidence bears.
    return (all.find(({ says }) => said.has(says)) ?? all[0])?.explained;
  };
  return (
    pick(named) ??
    withoutInvoice(row, proofs) ??
    (named.length > 0 ? undefined : pick(onThatDay(row, proofs).filter(isMoneyIn)))
  );
}

/** Of an invoice that nothing names, only what its own lines and money show. */
function isMoneyIn({ depositLines, pays, containers, paidHundredths }: InvoiceProof): boolean {
  return depositLines.length > 0 || pays.length > 0 || containers.length > 0 || paidHundredths > 0n;
}

function withoutInvoice(row: LogRow, proofs: Proofs): Explained | undefined {
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
    const reason = `Service ${upgrade.serviceId} was changed to less (upgrade ${upgrade.id}).`;
    // Hosts tell clients that this cannot be withdrawn (whmcs.md §7): no money came in for it.
    return { ...found, kind: 'downgrade', evidence: 'upgrade', reason, act: opens('refund') };
  }
  if (row.adminId === 0 && proofs.merge(row)) {
    const reason = 'Another client was merged into this one on that day.';
    return { ...found, kind: 'merge', evidence: 'delivery', reason, act: opens('adjustment') };
  }
  return undefined;
}

function went(row: LogRow, named: readonly InvoiceProof[], proofs: Proofs): Explained | undefined {
  // What an admin takes by hand, and what names an invoice, is not looked for elsewhere.
  const unnamed = named.length > 0 || row.adminId !== 0 ? [] : onThatDay(row, proofs);
  for (const invoice of named.length > 0 ? named : unnamed) {
    const found = creditWent(row, invoice, proofs);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The client's invoices that something happened to on the row's day, or that wait to be paid. */
function onThatDay(row: LogRow, proofs: Proofs): readonly InvoiceProof[] {
  return proofs
    .invoicesOf(row.clientId)
    .filter(
      ({ createdOn, paidOn, status }) =>
        row.on !== null && (createdOn === row.on || paidOn === row.on || status === 'Unpaid'),
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
    // An invoice that is there has been asked; it said otherwise, or is another client's.
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
    reason: 'Nothing that is known explains it.',
    act: row.amountHundredths > 0n ? opens('unexplained') : { do: 'spend', grants: [] },
  };
}
