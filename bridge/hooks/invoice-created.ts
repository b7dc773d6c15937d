import { defineHook } from './define-hook.ts';
import { createdInvoice } from './fields.ts';

/** An invoice has left Draft, is visible to the client, and was mailed. */
export const invoiceCreated = defineHook({
  name: 'InvoiceCreated',
  whmcs: '§4.3',
  answer: 'deferred',
  ...createdInvoice,
});
