import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { amount, maybe, text } from './fields.ts';

/** An admin recorded a refund that was made elsewhere. */
export const manualRefund = defineHook({
  name: 'ManualRefund',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['transid', 'amount'],
  data: z.object({
    transid: maybe(text),
    amount: maybe(amount),
  }),
});
