import { createOpenapi } from '../../api/index.ts';
import { SERVICE_VERSION } from '../../base/index.ts';
import { exitCodes } from '../../config/index.ts';
import type { Command } from '../command-context.ts';

/** Prints what the service answers at `/api/v1/openapi.json`. */
export const openapiCommand: Command<object> = async (_options, { terminal }) => {
  terminal.out(JSON.stringify(createOpenapi(SERVICE_VERSION), null, 2));
  return exitCodes.ok;
};
