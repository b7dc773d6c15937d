import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { flag, id, maybe, text } from './fields.ts';

/**
 * A checkout was posted and may be blocked. Its arguments are the whole form, with card and password,
 * so the list is as short as can be.
 */
export const shoppingCartValidateCheckout = defineHook({
  name: 'ShoppingCartValidateCheckout',
  whmcs: '§4.4',
  answer: 'veto',
  fields: ['clientId', 'paymentmethod', 'request.applycredit'],
  data: z.object({
    clientId: maybe(id),
    paymentmethod: maybe(text),
    applycredit: maybe(flag),
  }),
});
