import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An invoice is paid; its mail and the automation are still to come. */
export const invoicePaidPreEmail = defineHook({
  name: 'InvoicePaidPreEmail',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid'],
  data: z.object({
    invoiceid: id,
  }),
});
