import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe } from './fields.ts';

/** An upgrade was posted and may be blocked (9.0 and newer); `id` is the service, `pid` the new product. */
export const shoppingCartValidateUpgrade = defineHook({
  name: 'ShoppingCartValidateUpgrade',
  whmcs: '§4.4',
  answer: 'veto',
  fields: ['id', 'pid'],
  data: z.object({
    id: maybe(id),
    pid: maybe(id),
  }),
});
