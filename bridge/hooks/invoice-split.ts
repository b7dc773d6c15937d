import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** Lines of an invoice were moved to a new one. */
export const invoiceSplit = defineHook({
  name: 'InvoiceSplit',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['originalinvoiceid', 'newinvoiceid'],
  data: z.object({
    originalinvoiceid: id,
    newinvoiceid: id,
  }),
});
