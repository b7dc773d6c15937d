import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** WHMCS is about to cancel an invoice by itself and may be held back (8.10 and newer). */
export const preInvoiceAutomaticCancellation = defineHook({
  name: 'PreInvoiceAutomaticCancellation',
  whmcs: '§4.3',
  answer: 'veto',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
