import type { LoadedFacts } from '../../deciding/index.ts';
import type { Occurrence } from '../../events/index.ts';
import type { InvoiceFacts } from '../../rules/index.ts';
import { localDay, readDate } from '../../whmcs/index.ts';
import { LivedInvoice } from './lived-invoice.ts';
import {
  endOfDay,
  endOfSecond,
  localMoment,
  notBefore,
  ofWhmcs,
  startOfDay,
} from './local-moment.ts';
import { byMoment, type Moment } from './moments.ts';
import type {
  Past,
  PastCommand,
  PastDelivery,
  PastEntry,
  PastInvoice,
  PastPayment,
} from './read-past.ts';

/** What all clients of a preview share. */
export interface Window {
  /** Local days of WHMCS, both included. */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
  readonly whmcsVersion: string;
  /** The daily runs: those that were made, and one a day before the service was there. */
  readonly runs: readonly { readonly at: string; readonly date: string }[];
}

/** The past of one client, in order. */
export interface ClientPast {
  readonly clientId: number;
  /** Entries before the window. */
  readonly before: readonly PastEntry[];
  readonly invoices: ReadonlyMap<number, LivedInvoice>;
  readonly moments: readonly Moment[];
  /** Entries of the window that a rule's decision led to, which the preview makes anew. */
  readonly ours: readonly { readonly entry: PastEntry; readonly command: PastCommand }[];
  /** What entries of the window moved, ours included. */
  readonly movedHundredths: bigint;
  /** Facts that were answered before the window. */
  readonly answered: readonly string[];
  readonly commandsBefore: readonly PastCommand[];
  readonly unknown: readonly string[];
}

/** Closed without a time that WHMCS tells. */
const CANCELLED_SOMETIME =
  'When an invoice was cancelled: WHMCS does not tell. It gets nothing in the preview.';
const PAID_SOMETIME =
  'When an invoice was paid: it has no date of payment. It gets nothing in the preview.';
const NO_FIGURES =
  'What was open on an invoice whose figures do not add up. It gets nothing in the preview.';
const BEFORE_LEDGER =
  'Kind and last day of credit from before the ledger was there. It counts as credit without a last day.';

/** Puts what the tables know of one client in order. */
export function pastOfClient(
  clientId: number,
  past: ClientRows,
  facts: Pick<LoadedFacts, 'factsFor'>,
  window: Window,
): ClientPast {
  const { from, zone } = window;
  const unknown: string[] = [];
  const before = past.entries.filter(({ on }) => on < from);
  const within = past.entries.filter(({ on }) => on >= from);
  const byId = new Map(past.commands.map((one) => [one.id, one]));
  const commandOf = ({ commandId }: PastEntry) => byId.get(commandId ?? '');
  const ours = within.flatMap((entry) => {
    const command = commandOf(entry);
    return command === undefined ? [] : [{ entry, command }];
  });
  const foreign = within.filter((entry) => commandOf(entry) === undefined);
  if (before.concat(within).some(({ act, on }) => act.do === 'history' && on >= from)) {
    unknown.push(BEFORE_LEDGER);
  }
  const told = new Set(past.deliveries.map(({ type, invoiceId }) => `${type}:${invoiceId}`));
  const invoices = new Map<number, LivedInvoice>();
  const moments: Moment[] = [];
  const paidAt = new Map<number, string>();
  const checkedOutAt = new Map<number, string>();

  for (const row of past.invoices) {
    const today = facts.factsFor(clientId, row.id)?.invoice;
    if (today == null) continue;
    const creation = past.deliveries.find(
      (one) => one.type === 'InvoiceCreated' && one.invoiceId === row.id,
    );
    const madeAt =
      creation === undefined ? startOfDay(row.madeOn ?? from) : momentOf(creation, zone);
    const time = (stored: string) => notBefore(ofWhmcs(stored), madeAt);
    const capture =
      readDate(row.captureAttemptedAt) === null ? undefined : time(row.captureAttemptedAt);
    const checkout = past.deliveries.find(
      (one) => one.type === 'AfterShoppingCartCheckout' && one.invoiceId === row.id,
    );
    if (checkout !== undefined) checkedOutAt.set(row.id, momentOf(checkout, zone));
    const by = past.keptOffBy.get(row.id);
    const keptOff = past.entries.find(({ sequence }) => sequence === by?.sequence);
    const saidAt = by === undefined ? undefined : localMoment(by.since, zone);
    const invoice = new LivedInvoice({
      today,
      grossHundredths: row.grossHundredths,
      isNet: isNet(row, today.totalHundredths, window.whmcsVersion),
      madeAt,
      chosenAt: checkedOutAt.get(row.id) ?? madeAt,
      keptOffSince: keptOff === undefined ? saidAt : recordedAt(keptOff, zone),
      captureAttemptedAt: capture,
    });
    invoices.set(row.id, invoice);
    for (const entry of before) {
      if (entry.invoiceId === row.id) invoice.creditHundredths += ontoInvoice(entry);
    }
    const payments = past.payments.filter(({ invoiceId }) => invoiceId === row.id);
    for (const { id, at, inHundredths, outHundredths } of payments) {
      moments.push({
        at: outHundredths > 0n ? endOfSecond(time(at)) : time(at),
        kind: 'payment',
        id,
        on: readDate(at),
        invoiceId: row.id,
        inHundredths,
        outHundredths,
      });
    }
    const isPaid = readDate(row.paidAt) !== null;
    const paid = isPaid ? time(row.paidAt) : undefined;
    if (paid !== undefined) paidAt.set(row.id, paid);
    const credits = { ours, foreign };
    const closing = closingOf(row, { paid, payments, past, credits, zone });
    if (closing !== null) {
      moments.push({ at: closing.at, kind: 'closed', invoiceId: row.id, as: closing.as });
      if (closing.unknown !== undefined) unknown.push(closing.unknown);
    }
    const refund = payments.findLast(({ outHundredths }) => outHundredths > 0n);
    if (refund !== undefined && (row.status === 'Refunded' || row.status === 'Collections')) {
      moments.push({ at: time(refund.at), kind: 'closed', invoiceId: row.id, as: row.status });
    }
    if (hasNoFigures(row, today)) {
      unknown.push(NO_FIGURES);
      invoice.closedAs = 'Paid';
    }
    moments.push(
      ...synthetic(row, {
        invoice,
        paid: closing?.as === 'Paid' ? paid : undefined,
        payments,
        told,
        window,
        time,
      }),
    );
  }

  // From the last on: the log is written in its order, so no row came after one behind it.
  let behind: string | undefined;
  for (const entry of foreign.toReversed()) {
    const invoiceId = entry.invoiceId ?? 0;
    const came = cameAt(entry, [paidAt.get(invoiceId), checkedOutAt.get(invoiceId)], zone);
    const at = behind === undefined || came < behind ? came : behind;
    behind = at;
    const toldAt = entry.act.do === 'history' ? at : toldOf(entry, zone);
    moments.push({ at, kind: 'entry', entry, toldAt });
  }
  const refunded = new Set(
    past.payments
      .filter(({ outHundredths }) => outHundredths > 0n)
      .map(({ invoiceId }) => invoiceId),
  );
  for (const delivery of past.deliveries) {
    const { type, invoiceId, causedBy } = delivery;
    // What our commands caused, the preview causes anew; refunds are told by their rows.
    if (byId.has(causedBy ?? '')) continue;
    if (type === 'InvoiceRefunded' && refunded.has(invoiceId ?? 0)) continue;
    const at = momentOf(delivery, zone);
    if (at >= startOfDay(from)) moments.push({ at, kind: 'delivery', delivery });
  }
  for (const { at, date } of window.runs) moments.push({ at, kind: 'run', date });
  const moved = within.reduce(
    (sum, { direction, amountHundredths }) =>
      sum + (direction === 'in' ? amountHundredths : -amountHundredths),
    0n,
  );
  const again = new Set(ours.map(({ command }) => command.id));
  const commandsBefore = past.commands.filter(
    ({ id, createdAt, isNext }) => localDay(createdAt, zone) < from && !isNext && !again.has(id),
  );
  return {
    clientId,
    before,
    invoices,
    moments: moments.toSorted(byMoment),
    ours,
    movedHundredths: moved,
    answered: commandsBefore.map(({ fact }) => fact),
    commandsBefore,
    unknown,
  };
}

/**
 * When an entry's row was written. The log tells only the day and the ledger reads it a little later: credit of a payment came with the
 * payment, credit of a checkout went with it.
 */
function cameAt(entry: PastEntry, events: readonly (string | undefined)[], zone: string): string {
  const isHistory = entry.act.do === 'history';
  const read = isHistory ? endOfDay(entry.on) : recordedAt(entry, zone);
  const sameDay = events.filter((at) => at?.startsWith(entry.on) === true && at <= read);
  return sameDay.toSorted()[0] ?? (isHistory ? startOfDay(entry.on) : read);
}

function recordedAt({ recordedAt: moment, on }: PastEntry, zone: string): string {
  return localMoment(moment, zone, on);
}

/** After midnight the rules hear of what came before it. */
function toldOf(entry: PastEntry, zone: string): string {
  return notBefore(localMoment(entry.recordedAt, zone), recordedAt(entry, zone));
}

/** The rows of one client. */
export type ClientRows = Omit<Past, 'unreadable'>;

/** What an entry puts on its invoice; negative when it takes credit off. */
export function ontoInvoice({
  direction,
  amountHundredths,
  kind,
}: Pick<PastEntry, 'direction' | 'amountHundredths' | 'kind'>): bigint {
  if (kind !== 'invoice' && kind !== 'return' && kind !== 'take-back') return 0n;
  return direction === 'out' ? amountHundredths : -amountHundredths;
}

/** The delivery has WHMCS's own date, unless its content was pruned. */
export function momentOf({ firedAt, item }: PastDelivery, zone: string): string {
  const date = item === null ? undefined : /"date":"(\d{4}-\d{2}-\d{2})"/.exec(item)?.[1];
  return localMoment(firedAt, zone, date);
}

/** On 9.x an invoice keeps its total; one from before the upgrade keeps its way (whmcs.md §2.2). */
function isNet(
  { grossHundredths }: PastInvoice,
  totalHundredths: bigint,
  version: string,
): boolean {
  return totalHundredths === grossHundredths ? !/^9\./.test(version) : true;
}

/** Nothing is computed from figures that do not add up: by the facts nothing is open then, although something is. */
function hasNoFigures({ status, grossHundredths }: PastInvoice, today: InvoiceFacts): boolean {
  const { balanceHundredths, takenOffHundredths, paidHundredths } = today;
  const left = grossHundredths - takenOffHundredths - paidHundredths;
  return status === 'Unpaid' && balanceHundredths === 0n && left > 0n;
}

interface Closing {
  readonly paid: string | undefined;
  readonly payments: readonly PastPayment[];
  readonly past: ClientRows;
  readonly credits: Pick<ClientPast, 'ours'> & { readonly foreign: readonly PastEntry[] };
  readonly zone: string;
}

/** How it was closed without our rules; null while it is open, or when our rules closed it and the preview decides anew. */
function closingOf(
  row: PastInvoice,
  { paid, payments, past, credits, zone }: Closing,
): { readonly at: string; readonly as: string; readonly unknown?: string } | null {
  switch (row.status) {
    case 'Cancelled': {
      if (
        past.commands.some(
          ({ action, invoiceId }) => action === 'UpdateInvoice' && invoiceId === row.id,
        )
      )
        return null;
      const told = past.deliveries.find(
        ({ type, invoiceId }) => type === 'InvoiceCancelled' && invoiceId === row.id,
      );
      return told === undefined
        ? { at: '', as: 'Cancelled', unknown: CANCELLED_SOMETIME }
        : { at: momentOf(told, zone), as: 'Cancelled' };
    }
    case 'Paid':
    case 'Refunded':
    case 'Collections':
      if (paid === undefined) return { at: '', as: 'Paid', unknown: PAID_SOMETIME };
      return closedByRules(row, payments, credits, zone) ? null : { at: paid, as: 'Paid' };
    default:
      return null;
  }
}

/** Whether a rule's credit was the last that the invoice needed. */
function closedByRules(
  { id, grossHundredths }: PastInvoice,
  payments: readonly PastPayment[],
  { ours, foreign }: Closing['credits'],
  zone: string,
): boolean {
  const own = ours.filter(({ entry }) => entry.invoiceId === id && entry.direction === 'out');
  const last = own.at(-1);
  if (last === undefined) return false;
  const lastOwn = localMoment(last.command.createdAt, zone, last.entry.on);
  const others = [
    ...payments.filter(({ inHundredths }) => inHundredths > 0n).map(({ at }) => ofWhmcs(at)),
    ...foreign
      .filter(({ invoiceId, direction }) => invoiceId === id && direction === 'out')
      .map((one) => recordedAt(one, zone)),
  ];
  if (others.some((at) => at > lastOwn)) return false;
  const received = payments.reduce((sum, one) => sum + one.inHundredths, 0n);
  const credit = [
    ...own.map(({ entry }) => entry),
    ...foreign.filter(({ invoiceId }) => invoiceId === id),
  ].reduce((sum, one) => sum + ontoInvoice(one), 0n);
  return received + credit >= grossHundredths;
}

interface Telling {
  readonly invoice: LivedInvoice;
  /** When it was paid without our rules. */
  readonly paid: string | undefined;
  readonly payments: readonly PastPayment[];
  readonly told: ReadonlySet<string>;
  readonly window: Window;
  readonly time: (stored: string) => string;
}

/** Events that no delivery tells, because no rule listened or the service was not there. */
function synthetic(
  { id, clientId, madeOn, status }: PastInvoice,
  { invoice, paid, payments, told, window: { from }, time }: Telling,
): readonly Moment[] {
  const start = startOfDay(from);
  const event = (at: string, name: string, data: Occurrence['data']): readonly Moment[] =>
    at < start
      ? []
      : [
          {
            at,
            kind: 'found',
            depth: 0,
            occurrence: { name, data, target: `invoice:${id}`, clientId, invoiceId: id },
          },
        ];
  const isNew = madeOn !== null && madeOn >= from && status !== 'Draft';
  const facts = invoice.facts(invoice.madeAt);
  return [
    ...(isNew && !told.has(`InvoiceCreated:${id}`)
      ? [
          ...event(invoice.madeAt, 'InvoiceCreated', { invoiceid: id }),
          ...(invoice.kind === 'deposit'
            ? event(invoice.madeAt, 'DepositCreated', { invoiceId: id })
            : []),
        ]
      : []),
    ...(isNew && facts.orderId !== null && !told.has(`AfterShoppingCartCheckout:${id}`)
      ? event(invoice.madeAt, 'AfterShoppingCartCheckout', {
          OrderID: facts.orderId,
          InvoiceID: id,
        })
      : []),
    ...(paid !== undefined && !told.has(`InvoicePaid:${id}`)
      ? [
          ...event(paid, 'InvoicePaid', { invoiceid: id }),
          ...(invoice.kind === 'deposit' ? event(paid, 'AddFunds', { invoiceId: id }) : []),
        ]
      : []),
    ...(told.has(`AddInvoicePayment:${id}`)
      ? []
      : payments
          .filter(({ inHundredths }) => inHundredths > 0n)
          .flatMap(({ at }) => event(time(at), 'AddInvoicePayment', { invoiceid: id }))),
    ...payments
      .filter(({ outHundredths }) => outHundredths > 0n)
      .flatMap(({ at }) => event(endOfSecond(time(at)), 'InvoiceRefunded', { invoiceid: id })),
  ];
}
