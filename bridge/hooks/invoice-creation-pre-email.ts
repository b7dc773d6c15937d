import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** An invoice is complete and about to be mailed: the last moment to change what the mail shows. */
export const invoiceCreationPreEmail = defineHook({
  name: 'InvoiceCreationPreEmail',
  whmcs: '§4.3',
  answer: 'inline',
  fields: ['source', 'user', 'invoiceid', 'status'],
  data: z.object({
    source: maybe(text),
    user: maybe(text),
    invoiceid: id,
    status: maybe(text),
  }),
});
