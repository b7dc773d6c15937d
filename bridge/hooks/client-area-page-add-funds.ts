import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe } from './fields.ts';

/** The page for adding funds is about to be shown; the answer may set its variables. */
export const clientAreaPageAddFunds = defineHook({
  name: 'ClientAreaPageAddFunds',
  whmcs: '§4.6',
  answer: 'inline',
  fields: ['session.userid'],
  data: z.object({
    userid: maybe(id),
  }),
});
