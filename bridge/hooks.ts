import type { z } from 'zod';
import { deferred, type Hook, inline, veto } from './define-hook.ts';
import { amount, flag, id, maybe, posted, text } from './fields.ts';

/** The fields of the four hooks about a new invoice (whmcs.md §4.3). */
const createdInvoice = {
  source: maybe(text),
  user: maybe(text),
  invoiceid: id,
  status: maybe(text),
};

/** A client's settings. Names and addresses never leave WHMCS. */
const clientSettings = {
  currency: maybe(id),
  groupid: maybe(id),
  status: maybe(text),
  separateinvoices: maybe(flag),
  latefeeoveride: maybe(flag),
  overideduenotices: maybe(flag),
  taxexempt: maybe(flag),
  overrideautoclose: maybe(flag),
  emailoptout: maybe(flag),
};

/**
 * Every hook that bears on credit, by WHMCS's name: its section of whmcs.md and the fields that may leave WHMCS, each with what
 * reads it. `npm run generate` writes the shim's list and the table in the README from here.
 */
export const hooks = {
  /** An invoice was made. Its lines may still change. `source` is `adminarea`, `api` or `autogen`. */
  InvoiceCreation: deferred('§4.3', createdInvoice),

  /** An invoice is complete and about to be mailed: the last moment to change what the mail shows. */
  InvoiceCreationPreEmail: inline('§4.3', createdInvoice),

  /** An admin made an invoice. */
  InvoiceCreationAdminArea: deferred('§4.3', createdInvoice),

  /** An invoice has left Draft, is visible to the client, and was mailed. */
  InvoiceCreated: deferred('§4.3', createdInvoice),

  /** Lines of an invoice were added or changed. */
  UpdateInvoiceTotal: deferred('§4.3', { invoiceid: id }),

  /** A payment reached an invoice, in full or in part. */
  AddInvoicePayment: deferred('§4.3', { invoiceid: id }),

  /** An invoice is paid; its mail and the automation are still to come. */
  InvoicePaidPreEmail: deferred('§4.3', { invoiceid: id }),

  /** An invoice is paid, after its mail and the automation. WHMCS may say it twice (whmcs.md §2.6). */
  InvoicePaid: deferred('§4.3', { invoiceid: id }),

  /** An invoice was set back to Unpaid. */
  InvoiceUnpaid: deferred('§4.3', { invoiceid: id }),

  /** An invoice was cancelled, except by `UpdateInvoice`, which does not fire this hook (whmcs.md §3.2). */
  InvoiceCancelled: deferred('§4.3', { invoiceid: id }),

  /** An invoice was refunded. */
  InvoiceRefunded: deferred('§4.3', { invoiceid: id }),

  /** An invoice got another payment method. */
  InvoiceChangeGateway: deferred('§4.3', { invoiceid: id, paymentmethod: maybe(text) }),

  /** Lines of an invoice were moved to a new one. */
  InvoiceSplit: deferred('§4.3', { originalinvoiceid: id, newinvoiceid: id }),

  /** A reminder of an unpaid invoice was sent. */
  InvoicePaymentReminder: deferred('§4.3', { invoiceid: id, type: maybe(text) }),

  /** A late fee was added to an invoice. */
  AddInvoiceLateFee: deferred('§4.3', { invoiceid: id }),

  /**
   * A row of money received or paid back was made. `currency` is 0 when the row belongs to a client (whmcs.md
   * §2.9). The gateway's own reference and the description stay in WHMCS: they may name a person.
   */
  AddTransaction: deferred('§4.3', {
    id,
    userid: maybe(id),
    currency: maybe(id),
    gateway: maybe(text),
    amountin: maybe(amount),
    fees: maybe(amount),
    amountout: maybe(amount),
    invoiceid: maybe(id),
    invocieid: maybe(id),
    refundid: maybe(id),
  }),

  /** An admin recorded a refund that was made elsewhere. */
  ManualRefund: deferred('§4.3', { transid: maybe(text), amount: maybe(amount) }),

  /** An order is about to be cancelled and refunded. */
  CancelAndRefundOrder: deferred('§4.3', { orderid: id }),

  /** The automatic generation of invoices begins. */
  PreInvoicingGenerateInvoiceItems: deferred('§4.3', {}),

  /** The automatic generation of invoices is over. */
  AfterInvoicingGenerateInvoiceItems: deferred('§4.3', {}),

  /** WHMCS is about to cancel an invoice by itself and may be held back (8.10 and newer). */
  PreInvoiceAutomaticCancellation: veto('§4.3', { invoiceid: id }),

  /** A client looks at an invoice. */
  ViewInvoiceDetailsPage: deferred('§4.3', { invoiceid: id }),

  /** A quote was accepted and became an invoice. */
  AcceptQuote: deferred('§4.3', { quoteid: id, invoiceid: maybe(id) }),

  /**
   * A checkout was posted and may be blocked. Its arguments are the whole form, with card and password, so the
   * list is as short as can be.
   */
  ShoppingCartValidateCheckout: veto('§4.4', {
    clientId: posted(id),
    paymentmethod: posted(text),
    'request.applycredit': posted(flag),
  }),

  /** A checkout passed its checks; the order is about to be made. */
  PreShoppingCartCheckout: deferred('§4.4', {
    'session.userid': maybe(id),
    'request.applycredit': posted(flag),
  }),

  /**
   * An order and its invoice were made; `applycredit` is the client's own choice about credit. The lists of
   * services are left out: the service reads them by the order.
   */
  AfterShoppingCartCheckout: deferred('§4.4', {
    OrderID: id,
    OrderNumber: maybe(text),
    PaymentMethod: maybe(text),
    InvoiceID: maybe(id),
    TotalDue: maybe(amount),
    'request.applycredit': posted(flag),
  }),

  /** The first invoice of an order is paid. */
  OrderPaid: deferred('§4.4', { orderId: id, userId: maybe(id), invoiceId: maybe(id) }),

  /** An order is about to be accepted. */
  AcceptOrder: deferred('§4.4', { orderid: id }),

  /** An order is about to be cancelled. */
  CancelOrder: deferred('§4.4', { orderid: id }),

  /** An order is about to be marked as fraud. */
  FraudOrder: deferred('§4.4', { orderid: id }),

  /** An order is about to be set back to Pending. */
  PendingOrder: deferred('§4.4', { orderid: id }),

  /** An order is about to be deleted. */
  DeleteOrder: deferred('§4.4', { orderid: id }),

  /** An upgrade or downgrade is about to be ordered; a negative amount is credit for the client. */
  PreUpgradeCheckout: deferred('§4.4', {
    clientId: id,
    upgradeId: maybe(id),
    serviceId: maybe(id),
    amount: maybe(amount),
    discount: maybe(amount),
  }),

  /** An upgrade was posted and may be blocked (9.0 and newer); `id` is the service, `pid` the new product. */
  ShoppingCartValidateUpgrade: veto('§4.4', { id: posted(id), pid: posted(id) }),

  /** A client was made. `userid` is the client's id, by its older name; `user_id` is the person who logs in. */
  ClientAdd: deferred('§4.5', {
    client_id: maybe(id),
    user_id: maybe(id),
    userid: id,
    ...clientSettings,
  }),

  /** A client was changed. What it was before, and every name and address, stays in WHMCS. */
  ClientEdit: deferred('§4.5', { userid: id, ...clientSettings }),

  /** A client was closed. */
  ClientClose: deferred('§4.5', { userid: id }),

  /** A client is about to be deleted. */
  PreDeleteClient: deferred('§4.5', { userid: id }),

  /** A client was merged into another. */
  AfterClientMerge: deferred('§4.5', { toUserID: id, fromUserID: id }),

  /** The page for adding funds is about to be shown; the answer may set its variables. */
  ClientAreaPageAddFunds: inline('§4.6', { 'session.userid': maybe(id) }),

  /** An invoice page is about to be shown; the answer may set its variables. */
  ClientAreaPageViewInvoice: inline('§4.6', { invoiceid: id }),

  /** A mail is about to be sent and may be held. Its merge fields are full of names and stay in WHMCS. */
  EmailPreSend: inline('§4.5', { messagename: text, relid: maybe(id) }),

  /** The daily automation is about to begin: the last moment before cards are captured and services suspended. */
  PreCronJob: deferred('§4.5', {}),

  /** A task of the daily automation begins. `task` leaves only where WHMCS gives its name, not an object. */
  PreAutomationTask: deferred('§4.5', { task: maybe(text) }),

  /** A task of the daily automation is over. `task` leaves only where WHMCS gives its name, not an object. */
  PostAutomationTask: deferred('§4.5', { task: maybe(text), completed: maybe(flag) }),

  /** The daily automation is over, its report not yet mailed. */
  DailyCronJobPreEmail: deferred('§4.5', {}),

  /** The very end of the daily automation. */
  DailyCronJob: deferred('§4.5', {}),

  /** A cron call is over; every few minutes. */
  AfterCronJob: deferred('§4.5', {}),
} as const satisfies Readonly<Record<string, Hook>>;

/** The names of the hooks above. */
export type HookName = keyof typeof hooks;

/** What the service knows of a hook once its `data` is read. */
export type HookData<Name extends HookName> = z.output<(typeof hooks)[Name]['data']>;

/** The hook of this name, or undefined when it is not one that bears on credit. */
export function hookOf(name: string): Hook | undefined {
  return isHookName(name) ? hooks[name] : undefined;
}

/** Whether a hook of this name bears on credit. */
export function isHookName(name: string): name is HookName {
  return Object.hasOwn(hooks, name);
}
