import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { id } from './fields.ts';

/** A client was merged into another. */
export const afterClientMerge = defineHook({
  name: 'AfterClientMerge',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: ['toUserID', 'fromUserID'],
  data: z.object({
    toUserID: id,
    fromUserID: id,
  }),
});
