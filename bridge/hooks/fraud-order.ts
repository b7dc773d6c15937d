import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An order is about to be marked as fraud. */
export const fraudOrder = defineHook({
  name: 'FraudOrder',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['orderid'],
  data: z.object({
    orderid: id,
  }),
});
