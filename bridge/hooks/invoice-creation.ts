import { defineHook } from './define-hook.ts';
import { createdInvoice } from './fields.ts';

/** An invoice was made, its lines may still change; `source` is `adminarea`, `api` or `autogen`. */
export const invoiceCreation = defineHook({
  name: 'InvoiceCreation',
  whmcs: '§4.3',
  answer: 'deferred',
  ...createdInvoice,
});
