import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { amount, id, maybe, text } from './fields.ts';

/**
 * A row of money received or paid back was made. `currency` is 0 when the row belongs to a client (whmcs.md §2.9).
 * The gateway's own reference and the description stay in WHMCS: they may name a person.
 */
export const addTransaction = defineHook({
  name: 'AddTransaction',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: [
    'id',
    'userid',
    'currency',
    'gateway',
    'amountin',
    'fees',
    'amountout',
    'invoiceid',
    'invocieid',
    'refundid',
  ],
  data: z.object({
    id,
    userid: maybe(id),
    currency: maybe(id),
    gateway: maybe(text),
    amountin: maybe(amount),
    fees: maybe(amount),
    amountout: maybe(amount),
    invoiceid: maybe(id),
    refundid: maybe(id),
  }),
});
