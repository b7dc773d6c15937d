import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** An order is about to be deleted. */
export const deleteOrder = defineHook({
  name: 'DeleteOrder',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['orderid'],
  data: z.object({
    orderid: id,
  }),
});
