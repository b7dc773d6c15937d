import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { flag, id, maybe, text } from './fields.ts';

/** A client was changed. What it was before, and every name and address, stays in WHMCS. */
export const clientEdit = defineHook({
  name: 'ClientEdit',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [
    'userid',
    'currency',
    'groupid',
    'status',
    'separateinvoices',
    'latefeeoveride',
    'overideduenotices',
    'taxexempt',
    'overrideautoclose',
    'emailoptout',
  ],
  data: z.object({
    userid: id,
    currency: maybe(id),
    groupid: maybe(id),
    status: maybe(text),
    separateinvoices: maybe(flag),
    latefeeoveride: maybe(flag),
    overideduenotices: maybe(flag),
    taxexempt: maybe(flag),
    overrideautoclose: maybe(flag),
    emailoptout: maybe(flag),
  }),
});
