import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A client looks at an invoice. */
export const viewInvoiceDetailsPage = defineHook({
  name: 'ViewInvoiceDetailsPage',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
