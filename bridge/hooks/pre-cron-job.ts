import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** The daily automation is about to begin: the last moment before cards are captured and services suspended. */
export const preCronJob = defineHook({
  name: 'PreCronJob',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
