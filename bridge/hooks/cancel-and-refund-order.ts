import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An order is about to be cancelled and refunded. */
export const cancelAndRefundOrder = defineHook({
  name: 'CancelAndRefundOrder',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['orderid'],
  data: z.object({
    orderid: id,
  }),
});
