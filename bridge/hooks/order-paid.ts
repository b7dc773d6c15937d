import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe } from './fields.ts';

/** The first invoice of an order is paid. */
export const orderPaid = defineHook({
  name: 'OrderPaid',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: ['orderId', 'userId', 'invoiceId'],
  data: z.object({
    orderId: id,
    userId: maybe(id),
    invoiceId: maybe(id),
  }),
});
