import type { FindingOutcome, NewFinding } from '../../findings/index.ts';
import type { CancelledInvoice } from '../ports.ts';
import {
  HOOK_GRACE_MS,
  type InvoiceSweep,
  inWindow,
  nameOfInvoice,
  type SweepContext,
} from './sweep.ts';

/**
 * Invoices that were cancelled with credit on them and no hook said so, as `UpdateInvoice` does it (whmcs.md §3.2): the missing
 * InvoiceCancelled goes before the rules. Each has one finding from the first sight on, so that a delivery that is pruned
 * years later does not look like one that never came. An invoice that left Cancelled is forgotten and may be found again.
 */
export const sweepCancelled: InvoiceSweep = async (window, context) => {
  const { store, at } = context;
  const invoices = await store.cancelledInvoices(window);
  const fresh = invoices.filter((one) => one.found === null);
  await store.addFindings(
    fresh.map((one) => toFinding(one, firstOutcome(one, context))),
    at,
  );
  await store.forgetFindings(invoices.filter((one) => !one.isCancelled).map(factOf));

  const due = invoices.filter(
    ({ isCancelled, found }) =>
      isCancelled &&
      found?.outcome === 'waiting' &&
      at.getTime() - found.at.getTime() >= HOOK_GRACE_MS,
  );
  const missed = due.filter(({ wasHeard }) => !wasHeard);
  const task = {
    name: 'missed-cancellation',
    nameOf: ({ invoiceId, clientId }: CancelledInvoice) =>
      nameOfInvoice('Telling the rules of the cancellation of', { invoiceId, clientId }),
    covers: inWindow(window),
  };
  await context.eachAlone.together(task, [missed], async (some) => {
    // Told first: should the process end here, they are told again, and the rules' facts make it once.
    await context.tellMissed(
      'InvoiceCancelled',
      some.map(({ invoiceId }) => invoiceId),
    );
    await store.moveFindings(some.map(factOf), 'told', at);
  });
  await store.moveFindings(due.filter(({ wasHeard }) => wasHeard).map(factOf), 'hook', at);
};

/** What an invoice is found as when it is seen cancelled for the first time. */
export function firstOutcome(
  one: Pick<CancelledInvoice, 'invoiceId' | 'wasHeard' | 'isOurs' | 'isOfOurTime'>,
  context: Pick<SweepContext, 'isFirstRound' | 'beganAtInvoice' | 'isHeard'>,
): FindingOutcome {
  if (one.wasHeard) return 'hook';
  if (one.isOurs) return 'ours';
  const mayBeOld = context.isFirstRound && one.invoiceId <= context.beganAtInvoice;
  if (mayBeOld && !one.isOfOurTime) return 'before';
  return context.isHeard('InvoiceCancelled') ? 'waiting' : 'nobody';
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

function factOf({ invoiceId }: Pick<CancelledInvoice, 'invoiceId'>): string {
  return `cancelled:${invoiceId}`;
}
