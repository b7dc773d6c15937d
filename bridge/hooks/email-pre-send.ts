import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id, maybe, text } from './fields.ts';

/** A mail is about to be sent and may be held. Its merge fields are full of names and stay in WHMCS. */
export const emailPreSend = defineHook({
  name: 'EmailPreSend',
  whmcs: '§4.5',
  answer: 'inline',
  fields: ['messagename', 'relid'],
  data: z.object({
    messagename: text,
    relid: maybe(id),
  }),
});
