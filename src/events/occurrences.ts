import { isPaid } from './is-visible.ts';
import type { Located, LocatedInvoice } from './located.ts';
import type { Subject } from './subject.ts';

/** An event that happened to one target: the hook itself, one that follows from it, or one that the ledger found. */
export interface Occurrence {
  /** WHMCS's hook, or one of our points (src/rules/define-rule.ts). */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** `invoice:9`, `client:5`, `checkout:<delivery>`. */
  readonly target: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
}

interface Fired {
  readonly deliveryId: string;
  readonly hook: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly subject: Subject;
}

/**
 * Returns the events of a hook that fired; none when no client is known (cron, a guest's checkout).
 *
 * `AddFunds`: WHMCS has no such hook; it follows from InvoicePaid of an invoice with an AddFunds line, and of a mass
 * payment for each such invoice it pays, since the hook may fire for the container, the target or both (whmcs.md §2.6,
 * §4.2).
 *
 * `DepositCreated` follows in the same way from InvoiceCreated of an invoice with an AddFunds line.
 */
export function occurrencesOf(fired: Fired, located: Located): readonly Occurrence[] {
  const { hook, data, subject } = fired;
  const invoice = located.invoices.get(subject.invoiceIds[0] ?? orderInvoice(subject, located));
  const clientId = invoice?.clientId ?? clientOf(subject, located);
  if (clientId === null) return [];
  const itself: Occurrence = {
    name: hook,
    data,
    target: targetOf(fired, invoice, clientId),
    clientId,
    invoiceId: invoice?.id ?? null,
  };
  return [itself, ...depositCreated(hook, invoice), ...deposits(hook, invoice)];
}

function targetOf(fired: Fired, invoice: LocatedInvoice | undefined, clientId: number): string {
  if (invoice !== undefined) return `invoice:${invoice.id}`;
  return fired.hook === 'ShoppingCartValidateCheckout'
    ? `checkout:${fired.deliveryId}`
    : `client:${clientId}`;
}

function depositCreated(hook: string, invoice: LocatedInvoice | undefined): readonly Occurrence[] {
  if (hook !== 'InvoiceCreated' || invoice?.isDeposit !== true) return [];
  // The third look decides with what it finds, perhaps still a draft.
  if (invoice.status === 'Draft') return [];
  return [aboutDeposit('DepositCreated', invoice.id, invoice.clientId)];
}

function deposits(hook: string, invoice: LocatedInvoice | undefined): readonly Occurrence[] {
  // The hook's word alone is no deposit: WHMCS must show that the invoice was paid.
  if (hook !== 'InvoicePaid' || invoice === undefined || !isPaid(invoice)) return [];
  const paid = [{ invoiceId: invoice.id, isDeposit: invoice.isDeposit }, ...invoice.pays];
  return paid.flatMap(({ invoiceId, isDeposit }) =>
    isDeposit ? aboutDeposit('AddFunds', invoiceId, invoice.clientId) : [],
  );
}

function aboutDeposit(name: string, invoiceId: number, clientId: number): Occurrence {
  return { name, data: { invoiceId }, target: `invoice:${invoiceId}`, clientId, invoiceId };
}

function clientOf(subject: Subject, located: Located): number | null {
  const known = subject.clientId !== null && located.clients.has(subject.clientId);
  if (known) return subject.clientId;
  const order = located.orders.get(subject.orderId ?? 0);
  const transaction = located.transactions.get(subject.transactionId ?? 0);
  return order?.clientId ?? transaction?.clientId ?? null;
}

function orderInvoice(subject: Subject, located: Located): number {
  return located.orders.get(subject.orderId ?? 0)?.invoiceId ?? 0;
}
