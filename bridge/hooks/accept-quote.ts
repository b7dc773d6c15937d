import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe } from './fields.ts';

/** A quote was accepted and became an invoice. */
export const acceptQuote = defineHook({
  name: 'AcceptQuote',
  whmcs: '§4.3',
  answer: 'deferred',
  fields: ['quoteid', 'invoiceid'],
  data: z.object({
    quoteid: id,
    invoiceid: maybe(id),
  }),
});
