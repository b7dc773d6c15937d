import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An invoice was cancelled; not told for those cancelled by `UpdateInvoice` (whmcs.md §3.2). */
export const invoiceCancelled = defineHook({
  name: 'InvoiceCancelled',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
