import { sql } from 'kysely';
import { creditOnInvoices } from '../../commands/index.ts';
import type { Db } from '../../db/index.ts';
import { fromMoment, hasNotes } from '../../db/index.ts';
import {
  addFindings,
  type FindingOutcome,
  forgetFindings,
  moveFindings,
  type NewFinding,
} from '../../findings/index.ts';
import { type IdRange, inRange } from '../id-range.ts';
import { factOfInvoice, IS_CANCELLED_BY_US, wasDelivered } from './invoice-sql.ts';
import {
  HOOK_GRACE_MS,
  type InvoiceOfClient,
  type InvoiceSweep,
  type InvoiceSweeping,
  nameOfInvoice,
} from './sweep.ts';

/**
 * Asks the rules about invoices that were cancelled with credit on them without InvoiceCancelled, as `UpdateInvoice` does
 * (whmcs.md §3.2), and once more about those whose credit is still there ten minutes after the hook: the ledger may have been behind
 * when the rules heard of it. Each invoice gets a finding when it is first seen, so that a delivery that is pruned years later does not
 * look like one that never arrived. An invoice that is no longer cancelled is forgotten and may be found again.
 */
export const sweepCancelled: InvoiceSweep = async (range, sweeping) => {
  const { db, at, eachAlone, tellMissed } = sweeping;
  const invoices = await heardUnlessKept(db, await cancelledInvoices(db, range));
  const fresh = invoices.filter((one) => one.found === null);
  await addFindings(
    db,
    fresh.map((one) => toFinding(one, firstOutcome(one, sweeping))),
    at,
  );
  await forgetFindings(db, invoices.filter((one) => !one.isCancelled).map(factOf));

  const due = invoices.filter(
    ({ isCancelled, found }) =>
      isCancelled &&
      found?.outcome === 'waiting' &&
      at.getTime() - found.at.getTime() >= HOOK_GRACE_MS,
  );
  const missed = due.filter(({ wasHeard }) => !wasHeard);
  const task = {
    name: 'missed-cancellation',
    nameOf: (one: CancelledInvoice) =>
      nameOfInvoice('Telling the rules about the cancellation of', one),
    covers: inRange(range),
  };
  await eachAlone.together(task, [missed], async (some) => {
    // Told before it is noted: after a crash they are told again, and the rules' facts make it once.
    await tellMissed(
      'InvoiceCancelled',
      some.map(({ invoiceId }) => invoiceId),
    );
    await moveFindings(db, some.map(factOf), 'told', at);
  });
  await moveFindings(db, due.filter(({ wasHeard }) => wasHeard).map(factOf), 'hook', at);
};

interface CancelledInvoice extends InvoiceOfClient {
  /** False when it was found cancelled before and no longer is. */
  readonly isCancelled: boolean;
  /** InvoiceCancelled was delivered, and its credit does not wait for the rules any more. */
  readonly wasHeard: boolean;
  /** A command of ours cancelled it. */
  readonly isOurs: boolean;
  /** The ledger saw credit put on it after adoption. */
  readonly isOfOurTime: boolean;
  readonly found: { readonly outcome: string; readonly at: Date } | null;
}

/**
 * On 9.x every cancelled invoice has a note, so there the ledger tells whether credit was put on it. On 8.x the invoice's own
 * figure does, also about invoices that are older than the ledger.
 */
const HAS_CREDIT = sql`(i.credit > 0 OR ${hasNotes} = 1 AND EXISTS (SELECT 1 FROM mod_creditbridge_entries p
  WHERE p.invoice_id = i.id AND p.kind = 'invoice'))`;

/** Reads cancelled invoices with credit on them, and those that were found cancelled before. */
async function cancelledInvoices(
  db: Db,
  { from, to }: IdRange,
): Promise<readonly CancelledInvoice[]> {
  const { rows } = await sql<{
    invoiceId: number;
    clientId: number;
    status: string;
    heard: number | bigint;
    ours: number | bigint;
    ofOurTime: number | bigint;
    outcome: string | null;
    foundAt: string | null;
  }>`
    SELECT i.id AS invoiceId, i.userid AS clientId, i.status,
      ${wasDelivered('InvoiceCancelled')} AS heard,
      ${IS_CANCELLED_BY_US} AS ours,
      EXISTS (SELECT 1 FROM mod_creditbridge_entries e
        WHERE e.invoice_id = i.id AND e.kind = 'invoice' AND COALESCE(e.does, '') <> 'history') AS ofOurTime,
      f.outcome, f.found_at AS foundAt
    FROM tblinvoices i
    LEFT JOIN mod_creditbridge_findings f ON f.fact = ${factOfInvoice('cancelled:')}
    WHERE i.id BETWEEN ${from} AND ${to}
      AND ((i.status = 'Cancelled' AND ${HAS_CREDIT}) OR f.fact IS NOT NULL)`.execute(db);
  return rows.map((row) => ({
    invoiceId: row.invoiceId,
    clientId: row.clientId,
    isCancelled: row.status === 'Cancelled',
    wasHeard: Number(row.heard) === 1,
    isOurs: Number(row.ours) === 1,
    isOfOurTime: Number(row.ofOurTime) === 1,
    found:
      row.outcome === null || row.foundAt === null
        ? null
        : { outcome: row.outcome, at: fromMoment(row.foundAt) },
  }));
}

/** Those that are not decided yet and still have their client's credit count as not heard of. */
async function heardUnlessKept(
  db: Db,
  invoices: readonly CancelledInvoice[],
): Promise<readonly CancelledInvoice[]> {
  const undecided = invoices.filter(
    ({ isCancelled, wasHeard, found }) =>
      isCancelled && wasHeard && (found === null || found.outcome === 'waiting'),
  );
  const credit = await creditOnInvoices(
    db,
    undecided.map(({ invoiceId }) => invoiceId),
  );
  const kept = new Set(
    credit.filter(({ leftHundredths }) => leftHundredths > 0n).map(({ invoiceId }) => invoiceId),
  );
  return invoices.map((one) => (kept.has(one.invoiceId) ? { ...one, wasHeard: false } : one));
}

/** How the finding of an invoice begins that is seen cancelled for the first time. */
export function firstOutcome(
  one: Pick<CancelledInvoice, 'invoiceId' | 'wasHeard' | 'isOurs' | 'isOfOurTime'>,
  sweeping: Pick<InvoiceSweeping, 'isFirstRound' | 'beganAtInvoice' | 'isHeard'>,
): FindingOutcome {
  if (one.wasHeard) return 'hook';
  if (one.isOurs) return 'ours';
  const mayBeOld = sweeping.isFirstRound && one.invoiceId <= sweeping.beganAtInvoice;
  if (mayBeOld && !one.isOfOurTime) return 'before';
  return sweeping.isHeard('InvoiceCancelled') ? 'waiting' : 'nobody';
}

function toFinding(one: CancelledInvoice, outcome: FindingOutcome): NewFinding {
  const { clientId, invoiceId } = one;
  return {
    fact: factOf(one),
    kind: 'cancelled',
    clientId,
    invoiceId,
    outcome,
    text: `Invoice #${invoiceId} is cancelled and has credit on it.`,
  };
}

function factOf({ invoiceId }: InvoiceOfClient): string {
  return `cancelled:${invoiceId}`;
}
