import type { FindingOutcome } from '../../findings/index.ts';
import { formatAmount } from '../../money/index.ts';
import type { ItemName } from '../../periodic/index.ts';
import type { ReopenedReturn, TakeBackOutcome } from '../ports.ts';
import { type InvoiceSweep, inWindow } from './sweep.ts';

/**
 * Credit that was returned from a cancelled invoice which is open again and still counts it (whmcs.md §2.7): the client would
 * have it twice, so the return is taken back; of several, the last ones, as far as the invoice counts them. Where it no longer
 * counts the credit, nothing is to be done.
 */
export const sweepReopenedReturns: InvoiceSweep = async (window, { store, eachAlone, at }) => {
  const left = new Map<number, bigint>();
  const returns = await store.reopenedReturns(window);
  const task = { name: 'take-back', nameOf, covers: inWindow(window) };
  await eachAlone.each(task, [returns], async (one) => {
    const surplus = left.get(one.invoiceId) ?? one.surplusHundredths;
    if (surplus <= 0n) return;
    // When this fails, no other return of the invoice is taken back in its place.
    left.set(one.invoiceId, 0n);
    const outcome = surplus < one.amountHundredths ? 'in-part' : await store.askTakeBack(one, at);
    left.set(one.invoiceId, outcome === 'in-part' ? 0n : surplus - one.amountHundredths);
    if (outcome === 'known') return;
    await store.addFindings([{ ...toFinding(one), ...FOUND[outcome](one) }], at);
  });
};

function nameOf({ sequence, clientId, invoiceId }: ReopenedReturn): ItemName {
  return {
    id: `${invoiceId}-${sequence}`,
    clientId,
    invoiceId,
    what: `Taking back the return of credit from invoice #${invoiceId}`,
  };
}

function toFinding({ sequence, clientId, invoiceId }: ReopenedReturn) {
  return { fact: `take-back:${sequence}`, kind: 'take-back' as const, clientId, invoiceId };
}

type Told = { readonly text: string; readonly outcome: FindingOutcome };

const FOUND: Readonly<
  Record<Exclude<TakeBackOutcome, 'known'> | 'in-part', (one: ReopenedReturn) => Told>
> = {
  asked: (one) => ({ text: `${what(one)} It is being taken back.`, outcome: 'asked' }),
  'balance-too-small': (one) => ({
    text: `${what(one)} The client has spent it meanwhile: remove it from the invoice, or ask the client for it.`,
    outcome: 'open',
  }),
  frozen: (one) => ({
    text: `${what(one)} The client is frozen, so nothing was done. Take it back by hand, or unfreeze the client and close this.`,
    outcome: 'open',
  }),
  'failed-often': (one) => ({
    text: `${what(one)} Taking it back failed repeatedly; the commands of the client say why.`,
    outcome: 'open',
  }),
  'in-part': (one) => ({
    text: `${what(one)} The invoice counts only part of it, so how much belongs back is for you to say.`,
    outcome: 'open',
  }),
};

function what({ amountHundredths, invoiceId, status, currencyCode }: ReopenedReturn): string {
  return `${formatAmount(amountHundredths)} ${currencyCode} was returned when invoice #${invoiceId} was cancelled. The invoice is ${status} again and still counts it as paid.`;
}
