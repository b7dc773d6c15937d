import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An invoice page is about to be shown; the answer may set its variables. */
export const clientAreaPageViewInvoice = defineHook({
  name: 'ClientAreaPageViewInvoice',
  whmcs: '§4.6',
  answer: 'inline',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
