import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An order is about to be cancelled. */
export const cancelOrder = defineHook({
  name: 'CancelOrder',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['orderid'],
  data: z.object({
    orderid: id,
  }),
});
