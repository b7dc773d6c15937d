import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** An invoice has left Draft, is visible to the client, and was mailed. */
export const invoiceCreated = defineHook({
  name: 'InvoiceCreated',
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
