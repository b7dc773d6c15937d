import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A client was closed. */
export const clientClose = defineHook({
  name: 'ClientClose',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: ['userid'],
  data: z.object({
    userid: id,
  }),
});
