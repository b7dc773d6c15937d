import { z } from 'zod';
import { defineHook } from './define-hook.ts';

/** The daily automation is over, its report not yet mailed. */
export const dailyCronJobPreEmail = defineHook({
  name: 'DailyCronJobPreEmail',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: [],
  data: z.object({}),
});
