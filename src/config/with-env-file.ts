import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { readEnvFile } from './read-env-file.ts';

const OURS = 'CREDITBRIDGE_';

/**
 * Runs a program with the environment and the variables of `.env` in the working directory; those already set stay. Our own
 * variables are only in what is passed to `run`: threads and child processes inherit `process.env`.
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
  const env = { ...process.env };
  for (const name of Object.keys(process.env)) {
    if (name.startsWith(OURS)) delete process.env[name];
  }
  return run(env);
}
