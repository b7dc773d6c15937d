import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { flag, id, maybe } from './fields.ts';

/** A checkout passed its checks; the order is about to be made. */
export const preShoppingCartCheckout = defineHook({
  name: 'PreShoppingCartCheckout',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['session.userid', 'request.applycredit'],
  data: z.object({
    userid: maybe(id),
    applycredit: maybe(flag),
  }),
});
