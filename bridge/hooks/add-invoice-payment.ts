import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A payment reached an invoice, in full or in part. */
export const addInvoicePayment = defineHook({
  name: 'AddInvoicePayment',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
