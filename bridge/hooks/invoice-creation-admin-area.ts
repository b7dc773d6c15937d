import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** An admin made an invoice. */
export const invoiceCreationAdminArea = defineHook({
  name: 'InvoiceCreationAdminArea',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['source', 'user', 'invoiceid', 'status'],
  data: z.object({
    source: maybe(text),
    user: maybe(text),
    invoiceid: id,
    status: maybe(text),
  }),
});
