import { defineHook } from './define-hook.ts';
import { createdInvoice } from './fields.ts';

/** An invoice is complete and about to be mailed: the last moment to change what the mail shows. */
export const invoiceCreationPreEmail = defineHook({
  name: 'InvoiceCreationPreEmail',
  whmcs: '§4.3',
  answer: 'inline',
  ...createdInvoice,
});
