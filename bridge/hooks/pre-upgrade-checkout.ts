import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { amount, id, maybe } from './fields.ts';

/** An upgrade or downgrade is about to be ordered; a negative amount is credit for the client. */
export const preUpgradeCheckout = defineHook({
  name: 'PreUpgradeCheckout',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['clientId', 'upgradeId', 'serviceId', 'amount', 'discount'],
  data: z.object({
    clientId: id,
    upgradeId: maybe(id),
    serviceId: maybe(id),
    amount: maybe(amount),
    discount: maybe(amount),
  }),
});
