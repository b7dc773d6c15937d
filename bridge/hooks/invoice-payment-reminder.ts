import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** A reminder of an unpaid invoice was sent. */
export const invoicePaymentReminder = defineHook({
  name: 'InvoicePaymentReminder',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid', 'type'],
  data: z.object({
    invoiceid: id,
    type: maybe(text),
  }),
});
