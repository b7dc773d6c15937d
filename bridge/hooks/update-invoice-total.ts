import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** Lines of an invoice were added or changed. */
export const updateInvoiceTotal = defineHook({
  name: 'UpdateInvoiceTotal',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
