import { receivedForDeposit } from '../../events/index.ts';
import { most } from '../../money/index.ts';
import type { Facts } from '../../rules/index.ts';
import { coverReservations } from '../../rules/settle/index.ts';
import { paymentsSince, revenueOn } from '../../whmcs/index.ts';
import type { LivedClient } from './lived-client.ts';
import type { LivedInvoice } from './lived-invoice.ts';
import type { Living } from './living.ts';

/**
 * The facts about a client, and one of its invoices, at a moment of the past; what cannot be rebuilt is as of today (`known.ts`).
 *
 * @returns null when client or invoice is not known
 */
export function factsAt(
  client: LivedClient,
  point: string,
  invoiceId: number | null,
  now: string,
): Facts | null {
  const { past, living, book } = client;
  const today = living.facts.factsFor(past.clientId, invoiceId);
  if (today === null) return null;
  const needs = living.needsAt(point);
  const own = invoiceId === null ? undefined : past.invoices.get(invoiceId);
  if (invoiceId !== null && own === undefined) return null;
  const open = (kind: LivedInvoice['kind']) =>
    [...past.invoices.values()]
      .filter((one) => one.kind === kind && one.madeAt <= now && one.status() === 'Unpaid')
      .map((one) => one.facts(now))
      .toSorted(byDueDate);
  const moneyBack = (id: number) => past.invoices.get(id)?.refundedHundredths ?? 0n;
  return {
    ...today,
    client: {
      ...today.client,
      creditHundredths: client.balance,
      heldHundredths: 0n,
      ...coverReservations(most(client.balance, 0n), client.reservedOn(now.slice(0, 10))),
    },
    invoice: own?.facts(now) ?? null,
    openInvoices: needs.has('openInvoices') ? open('ordinary') : [],
    openDeposits: needs.has('openDeposits') ? open('deposit') : [],
    receivedHundredths: own === undefined || !needs.has('received') ? 0n : received(own, living),
    counters: needs.has('counters') ? [...client.counters] : [],
    deposits: depositsSoFar(today.deposits, client, now),
    orders: today.orders.filter(({ orderedOn }) => (orderedOn ?? '') <= now),
    ledger: needs.has('grants') ? book.ledger(client.balance, moneyBack) : null,
    deposit: needs.has('deposit') && invoiceId !== null ? book.deposit(invoiceId, moneyBack) : null,
    creditOn: creditOn(client, needs.has('creditOn') ? invoiceId : null),
    payments: paymentsSoFar(client, now),
    refunds: needs.has('refunds') && own !== undefined ? [...own.refunds] : [],
    revenue: revenueOn(living.money.get(past.clientId) ?? [], now.slice(0, 10)),
  };
}

function depositsSoFar(
  deposits: Facts['deposits'],
  { past: { invoices } }: LivedClient,
  now: string,
): Facts['deposits'] {
  const day = now.slice(0, 10);
  return deposits
    .filter(({ paidOn }) => paidOn !== null && paidOn <= day)
    .map((one) => {
      const invoice = invoices.get(one.invoiceId);
      const refundedHundredths = invoice?.refundedHundredths ?? one.refundedHundredths;
      const isReversed = one.reversedOn !== null && one.reversedOn <= day;
      return { ...one, refundedHundredths, reversedOn: isReversed ? one.reversedOn : null };
    });
}

function creditOn(
  { book, living: { waysOff } }: LivedClient,
  invoiceId: number | null,
): Facts['creditOn'] {
  const found = invoiceId === null ? null : book.creditOn(invoiceId);
  return found === null ? null : { ...found, ways: waysOff };
}

function paymentsSoFar({ past, living }: LivedClient, now: string): Facts['payments'] {
  const since = paymentsSince(now.slice(0, 10));
  const all = living.payments.get(past.clientId) ?? [];
  return all.filter(({ receivedAt }) => receivedAt >= since && receivedAt <= now);
}

function received(invoice: LivedInvoice, { deposits }: Living): bigint {
  const shares = deposits.get(invoice.id);
  const { receivedHundredths, closedAs } = invoice;
  if (shares === undefined) return most(receivedHundredths, 0n);
  const { repeatedHundredths, containers, ...lines } = shares;
  return receivedForDeposit({
    ...lines,
    moneyHundredths: most(receivedHundredths - repeatedHundredths, 0n),
    containers: closedAs === undefined ? [] : containers,
  });
}

/** Due date, those without one last, then id. */
function byDueDate(
  a: { readonly dueOn: string | null; readonly id: number },
  b: { readonly dueOn: string | null; readonly id: number },
): number {
  const [left, right] = [a.dueOn ?? '9999-12-31', b.dueOn ?? '9999-12-31'];
  if (left !== right) return left < right ? -1 : 1;
  return a.id - b.id;
}
