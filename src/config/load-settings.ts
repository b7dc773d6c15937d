import { dirname, join } from 'node:path';
import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';
import { exitCodes } from './exit-codes.ts';
import { readEnvFile } from './read-env-file.ts';
import { ENV_FILE, isThere, settingsFile } from './settings-file.ts';
import { valuesFromFiles } from './values-from-files.ts';

const OURS = 'CREDITBRIDGE_';

/**
 * Reads the settings of this process: its environment, and the file of settings for what the environment leaves out. Secrets may
 * stand in files of their own. Afterwards the process has none of our variables any more, because threads and child processes
 * inherit `process.env`; so only the first call finds them.
 *
 * @throws {ConfigurationError} when a file cannot be used.
 */
export function loadSettings(): Environment {
  const { path, isNamed } = settingsFile(process.env);
  if (isNamed && !isThere(path)) {
    throw new ConfigurationError([
      `${ENV_FILE} names ${path}, which does not exist. Correct the name, or make the file with \`creditbridge init\`.`,
    ]);
  }
  delete process.env[ENV_FILE];
  for (const [name, value] of Object.entries(readEnvFile(path))) process.env[name] ??= value;
  const env = valuesFromFiles(process.env);
  for (const name of Object.keys(process.env)) {
    if (name.startsWith(OURS)) delete process.env[name];
  }
  return env;
}

/**
 * Runs the service with its settings.
 *
 * @returns its exit code, or the one for a wrong configuration when a file cannot be used; standard error then says why.
 */
export async function withSettings(run: (env: Environment) => Promise<number>): Promise<number> {
  let env: Environment;
  try {
    env = loadSettings();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return exitCodes.configuration;
  }
  return run(env);
}

/** The file beside the settings that names the account which may change tables. Only root reads it, never the service. */
export function ownerFile(settingsPath: string): string {
  return join(dirname(settingsPath), 'migrate.env');
}
