import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** The very end of the daily automation. */
export const dailyCronJob = defineHook({
  name: 'DailyCronJob',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
