import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { flag, id, maybe, text } from './fields.ts';

/** A client was made. `userid` is the client's id, by its older name; `user_id` is the person who logs in. */
export const clientAdd = defineHook({
  name: 'ClientAdd',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [
    'client_id',
    'user_id',
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
    client_id: maybe(id),
    user_id: maybe(id),
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
