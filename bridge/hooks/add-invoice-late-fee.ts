import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A late fee was added to an invoice. */
export const addInvoiceLateFee = defineHook({
  name: 'AddInvoiceLateFee',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
