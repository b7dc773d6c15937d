import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An invoice is paid, after its mail and the automation. WHMCS may say it twice (whmcs.md §2.6). */
export const invoicePaid = defineHook({
  name: 'InvoicePaid',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
