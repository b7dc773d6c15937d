import type { z } from 'zod';
import { type CommandCall, commandParameters } from '../../bridge/index.ts';
import type { OwnCall } from '../rules/settle/index.ts';

/** The name of the action that a call is of, and the form of its parameters. */
export function actionOf(call: CommandCall | OwnCall): {
  readonly name: string;
  readonly parameters: z.ZodType;
} {
  return 'own' in call
    ? call.own
    : { name: call.action, parameters: commandParameters[call.action] };
}
