import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { readEnvFile } from './read-env-file.ts';
import { valuesFromFiles } from './values-from-files.ts';

const OURS = 'CREDITBRIDGE_';

/**
 * Runs a program with the environment and the variables of `.env` in the working directory; those already set stay, and secrets may stand in
 * files of their own. Our own
 * variables are only in what is passed to `run`: threads and child processes inherit `process.env`.
 *
 * @returns its exit code, or the one for a wrong configuration when the file cannot be used; standard error then says why.
 */
export async function withEnvFile(run: (env: Environment) => Promise<number>): Promise<number> {
  let env: Environment;
  try {
    for (const [name, value] of Object.entries(readEnvFile('.env'))) process.env[name] ??= value;
    env = valuesFromFiles(process.env);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.configuration;
  }
  for (const name of Object.keys(process.env)) {
    if (name.startsWith(OURS)) delete process.env[name];
  }
  return run(env);
}
