import { defineHook } from './define-hook.ts';
import { createdInvoice } from './fields.ts';

/** An admin made an invoice. */
export const invoiceCreationAdminArea = defineHook({
  name: 'InvoiceCreationAdminArea',
  whmcs: '§4.3',
  answer: 'deferred',
  ...createdInvoice,
});
