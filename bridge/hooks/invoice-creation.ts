import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** An invoice was made, its lines may still change; `source` is `adminarea`, `api` or `autogen`. */
export const invoiceCreation = defineHook({
  name: 'InvoiceCreation',
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
