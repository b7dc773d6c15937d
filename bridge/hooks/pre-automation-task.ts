import { z } from 'zod';
import { defineHook } from './define-hook.ts';
import { maybe, text } from './fields.ts';

/** A task of the daily automation begins. `task` leaves only where WHMCS gives its name, not an object. */
export const preAutomationTask = defineHook({
  name: 'PreAutomationTask',
  whmcs: '§4.5',
  answer: 'deferred',
  fields: ['task'],
  data: z.object({
    task: maybe(text),
  }),
});
