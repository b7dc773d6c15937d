import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A client is about to be deleted. */
export const preDeleteClient = defineHook({
  name: 'PreDeleteClient',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: ['userid'],
  data: z.object({
    userid: id,
  }),
});
