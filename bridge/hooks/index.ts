import type { z } from 'zod';
import { acceptOrder } from './accept-order.ts';
import { acceptQuote } from './accept-quote.ts';
import { addInvoiceLateFee } from './add-invoice-late-fee.ts';
import { addInvoicePayment } from './add-invoice-payment.ts';
import { addTransaction } from './add-transaction.ts';
import { afterClientMerge } from './after-client-merge.ts';
import { afterCronJob } from './after-cron-job.ts';
import { afterInvoicingGenerateInvoiceItems } from './after-invoicing-generate-invoice-items.ts';
import { afterShoppingCartCheckout } from './after-shopping-cart-checkout.ts';
import { cancelAndRefundOrder } from './cancel-and-refund-order.ts';
import { cancelOrder } from './cancel-order.ts';
import { clientAdd } from './client-add.ts';
import { clientAreaPageAddFunds } from './client-area-page-add-funds.ts';
import { clientAreaPageViewInvoice } from './client-area-page-view-invoice.ts';
import { clientClose } from './client-close.ts';
import { clientEdit } from './client-edit.ts';
import { dailyCronJob } from './daily-cron-job.ts';
import { dailyCronJobPreEmail } from './daily-cron-job-pre-email.ts';
import type { Hook } from './define-hook.ts';
import { deleteOrder } from './delete-order.ts';
import { emailPreSend } from './email-pre-send.ts';
import { fraudOrder } from './fraud-order.ts';
import { invoiceCancelled } from './invoice-cancelled.ts';
import { invoiceChangeGateway } from './invoice-change-gateway.ts';
import { invoiceCreated } from './invoice-created.ts';
import { invoiceCreation } from './invoice-creation.ts';
import { invoiceCreationAdminArea } from './invoice-creation-admin-area.ts';
import { invoiceCreationPreEmail } from './invoice-creation-pre-email.ts';
import { invoicePaid } from './invoice-paid.ts';
import { invoicePaidPreEmail } from './invoice-paid-pre-email.ts';
import { invoicePaymentReminder } from './invoice-payment-reminder.ts';
import { invoiceRefunded } from './invoice-refunded.ts';
import { invoiceSplit } from './invoice-split.ts';
import { invoiceUnpaid } from './invoice-unpaid.ts';
import { manualRefund } from './manual-refund.ts';
import { orderPaid } from './order-paid.ts';
import { pendingOrder } from './pending-order.ts';
import { postAutomationTask } from './post-automation-task.ts';
import { preAutomationTask } from './pre-automation-task.ts';
import { preCronJob } from './pre-cron-job.ts';
import { preDeleteClient } from './pre-delete-client.ts';
import { preInvoiceAutomaticCancellation } from './pre-invoice-automatic-cancellation.ts';
import { preInvoicingGenerateInvoiceItems } from './pre-invoicing-generate-invoice-items.ts';
import { preShoppingCartCheckout } from './pre-shopping-cart-checkout.ts';
import { preUpgradeCheckout } from './pre-upgrade-checkout.ts';
import { shoppingCartValidateCheckout } from './shopping-cart-validate-checkout.ts';
import { shoppingCartValidateUpgrade } from './shopping-cart-validate-upgrade.ts';
import { updateInvoiceTotal } from './update-invoice-total.ts';
import { viewInvoiceDetailsPage } from './view-invoice-details-page.ts';

/** Every hook that bears on credit, by WHMCS's name. The README lists them with what leaves. */
export const hooks = {
  InvoiceCreation: invoiceCreation,
  InvoiceCreationPreEmail: invoiceCreationPreEmail,
  InvoiceCreationAdminArea: invoiceCreationAdminArea,
  InvoiceCreated: invoiceCreated,
  UpdateInvoiceTotal: updateInvoiceTotal,
  AddInvoicePayment: addInvoicePayment,
  InvoicePaidPreEmail: invoicePaidPreEmail,
  InvoicePaid: invoicePaid,
  InvoiceUnpaid: invoiceUnpaid,
  InvoiceCancelled: invoiceCancelled,
  InvoiceRefunded: invoiceRefunded,
  InvoiceChangeGateway: invoiceChangeGateway,
  InvoiceSplit: invoiceSplit,
  InvoicePaymentReminder: invoicePaymentReminder,
  AddInvoiceLateFee: addInvoiceLateFee,
  AddTransaction: addTransaction,
  ManualRefund: manualRefund,
  CancelAndRefundOrder: cancelAndRefundOrder,
  PreInvoicingGenerateInvoiceItems: preInvoicingGenerateInvoiceItems,
  AfterInvoicingGenerateInvoiceItems: afterInvoicingGenerateInvoiceItems,
  PreInvoiceAutomaticCancellation: preInvoiceAutomaticCancellation,
  ViewInvoiceDetailsPage: viewInvoiceDetailsPage,
  AcceptQuote: acceptQuote,
  ShoppingCartValidateCheckout: shoppingCartValidateCheckout,
  PreShoppingCartCheckout: preShoppingCartCheckout,
  AfterShoppingCartCheckout: afterShoppingCartCheckout,
  OrderPaid: orderPaid,
  AcceptOrder: acceptOrder,
  CancelOrder: cancelOrder,
  FraudOrder: fraudOrder,
  PendingOrder: pendingOrder,
  DeleteOrder: deleteOrder,
  PreUpgradeCheckout: preUpgradeCheckout,
  ShoppingCartValidateUpgrade: shoppingCartValidateUpgrade,
  ClientAdd: clientAdd,
  ClientEdit: clientEdit,
  ClientClose: clientClose,
  PreDeleteClient: preDeleteClient,
  AfterClientMerge: afterClientMerge,
  ClientAreaPageAddFunds: clientAreaPageAddFunds,
  ClientAreaPageViewInvoice: clientAreaPageViewInvoice,
  EmailPreSend: emailPreSend,
  PreCronJob: preCronJob,
  PreAutomationTask: preAutomationTask,
  PostAutomationTask: postAutomationTask,
  DailyCronJobPreEmail: dailyCronJobPreEmail,
  DailyCronJob: dailyCronJob,
  AfterCronJob: afterCronJob,
} as const satisfies Readonly<Record<string, Hook>>;

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
