import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { amount, flag, id, maybe, text } from './fields.ts';

/**
 * An order and its invoice were made; `applycredit` is the client's own choice about credit.
 * The lists of services are left out: the service reads them by the order.
 */
export const afterShoppingCartCheckout = defineHook({
  name: 'AfterShoppingCartCheckout',
  whmcs: '§4.4',
  answer: 'deferred',
  fields: [
    'OrderID',
    'OrderNumber',
    'PaymentMethod',
    'InvoiceID',
    'TotalDue',
    'request.applycredit',
  ],
  data: z.object({
    OrderID: id,
    OrderNumber: maybe(text),
    PaymentMethod: maybe(text),
    InvoiceID: maybe(id),
    TotalDue: maybe(amount),
    applycredit: maybe(flag),
  }),
});
