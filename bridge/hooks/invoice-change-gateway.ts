import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** An invoice got another payment method. */
export const invoiceChangeGateway = defineHook({
  name: 'InvoiceChangeGateway',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['invoiceid', 'paymentmethod'],
  data: z.object({
    invoiceid: id,
    paymentmethod: maybe(text),
  }),
});
