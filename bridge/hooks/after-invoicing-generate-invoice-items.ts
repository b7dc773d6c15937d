import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** The automatic generation of invoices is over. */
export const afterInvoicingGenerateInvoiceItems = defineHook({
  name: 'AfterInvoicingGenerateInvoiceItems',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
