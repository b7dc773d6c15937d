import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** The automatic generation of invoices begins. */
export const preInvoicingGenerateInvoiceItems = defineHook({
  name: 'PreInvoicingGenerateInvoiceItems',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
