import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { readEnvFile } from './read-env-file.ts';

/**
 * Runs a program with the variables of `.env` in the working directory; those already set stay.
 *
 * @returns its exit code, or the one for a wrong configuration when the file cannot be used; standard error then says why.
 */
export async function withEnvFile(run: (env: Environment) => Promise<number>): Promise<number> {
  try {
    for (const [name, value] of Object.entries(readEnvFile('.env'))) process.env[name] ??= value;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.configuration;
  }
  return run(process.env);
}
