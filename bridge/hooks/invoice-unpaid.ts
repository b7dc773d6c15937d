import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An invoice was set back to Unpaid. */
export const invoiceUnpaid = defineHook({
  name: 'InvoiceUnpaid',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
