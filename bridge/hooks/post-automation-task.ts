import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { flag, maybe, text } from './fields.ts';

/** A task of the daily automation is over. `task` leaves only where WHMCS gives its name, not an object. */
export const postAutomationTask = defineHook({
  name: 'PostAutomationTask',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: ['task', 'completed'],
  data: z.object({
    task: maybe(text),
    completed: maybe(flag),
  }),
});
