import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** A cron call is over; every few minutes. */
export const afterCronJob = defineHook({
  name: 'AfterCronJob',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
