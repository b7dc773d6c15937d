import type { Question } from '../../../src/rules/engine/index.ts';
import {
  daysBetween,
  type InvoiceFacts,
  type PointData,
  type PointName,
} from '../../../src/rules/index.ts';
import { anEvent } from '../../../src/rules/testing.ts';
import { type Bill, isOpen, leftOf, type Payment } from './bills.ts';
import type { LivedClient } from './lived-client.ts';

/** What is asked about one client at one point; again and again, it is another delivery. */
export function questionsAt(
  point: PointName,
  client: LivedClient,
  day: { readonly today: string; readonly delivery: number; readonly whmcsVersion: string },
): readonly Question[] {
  const { today, delivery, whmcsVersion } = day;
  const at = new Date(Date.parse(`${today}T08:00:00Z`) + delivery * 1000).toISOString();
  return (ABOUT[point]?.(client, today) ?? []).map(({ key, data, bill, answer }) => ({
    key,
    event: anEvent(point, data as never, {
      localDate: today,
      at,
      whmcsVersion,
      answer: answer ?? 'deferred',
    }),
    facts: client.about(bill, today),
  }));
}

interface Asking<Data> {
  readonly key: string;
  readonly data: Data;
  readonly bill: Bill | null;
  readonly answer?: 'inline' | 'veto' | 'run';
}

type AskingAt = {
  readonly [Point in PointName]?: (
    client: LivedClient,
    today: string,
  ) => readonly Asking<PointData<Point>>[];
};

const eachBill =
  <Data>(
    wanted: (facts: InvoiceFacts, payment: Payment) => boolean,
    data: (facts: InvoiceFacts, today: string) => Data,
    answer?: 'inline' | 'run',
  ) =>
  ({ bills }: LivedClient, today: string): readonly Asking<Data>[] =>
    bills
      .filter(({ facts, payment }) => wanted(facts, payment))
      .map((bill) => ({
        key: `invoice:${bill.facts.id}`,
        data: data(bill.facts, today),
        bill,
        ...(answer === undefined ? {} : { answer }),
      }));

const theClient =
  <Data>(data: (client: LivedClient) => Data, answer?: 'inline' | 'veto' | 'run') =>
  (client: LivedClient): readonly Asking<Data>[] => [
    {
      key: `client:${client.facts.id}`,
      data: data(client),
      bill: null,
      ...(answer === undefined ? {} : { answer }),
    },
  ];

const isDeposit = ({ kind }: InvoiceFacts) => kind === 'deposit';
const hasMoney = (_: InvoiceFacts, payment: Payment) => leftOf(payment) > 0n;
const lowercase = ({ id }: InvoiceFacts) => ({ invoiceid: id });

const ABOUT: AskingAt = {
  InvoiceCreated: eachBill(({ status }) => status === 'Unpaid', lowercase, 'inline'),
  InvoiceCreationPreEmail: eachBill(({ status }) => status !== 'Paid', lowercase, 'inline'),
  AfterShoppingCartCheckout: eachBill(
    ({ orderId }) => orderId !== null,
    ({ id }) => ({ OrderID: 4, InvoiceID: id }),
  ),
  EmailPreSend: eachBill(
    ({ kind }) => kind === 'ordinary',
    ({ id }) => ({ messagename: 'Invoice Created', relid: id }),
    'inline',
  ),
  ClientAreaPageViewInvoice: eachBill(isDeposit, lowercase, 'inline'),
  AddInvoicePayment: eachBill(hasMoney, lowercase),
  InvoicePaid: eachBill(({ status }) => status === 'Paid', lowercase),
  InvoiceRefunded: eachBill((_, payment) => payment.refundedHundredths > 0n, lowercase),
  InvoiceCancelled: eachBill(({ status }) => status === 'Cancelled', lowercase),
  InvoicePaymentReminder: eachBill(isOpen, lowercase),
  AddFunds: eachBill(
    (facts, payment) => isDeposit(facts) && facts.status === 'Paid' && leftOf(payment) > 0n,
    ({ id }) => ({ invoiceId: id }),
  ),
  PaymentReversed: eachBill(
    (_, payment) => payment.isReversed,
    ({ id }) => ({ entry: BigInt(id), invoiceId: id }),
  ),
  DueInvoice: eachBill(
    isOpen,
    ({ id, dueOn }, today) => ({
      invoiceId: id,
      daysToDue: dueOn === null ? 0 : daysBetween(today, dueOn),
    }),
    'run',
  ),
  ClientAreaPageAddFunds: theClient(({ facts: { id } }) => ({ userid: id }), 'inline'),
  ShoppingCartValidateCheckout: theClient(
    ({ facts: { id } }) => ({ clientId: id, applycredit: true }),
    'veto',
  ),
  BalanceChanged: theClient(() => ({ entry: 7n, kind: 'deposit' })),
  ClientDaily: theClient(({ facts: { id } }) => ({ clientId: id }), 'run'),
  GrantExpiring: ({ grants }, today) =>
    grants.flatMap(({ id, expiresOn }) =>
      expiresOn === null || expiresOn >= today
        ? []
        : { key: `grant:${id}`, data: { grantId: id, expiresOn }, bill: null },
    ),
};

/** All points that are asked about here. */
export const POINTS = Object.keys(ABOUT) as PointName[];
