import { readFileSync } from 'node:fs';
import { ConfigurationError } from '../base/index.ts';
import type { Environment } from './environment.ts';

/** What is secret among the settings. */
export const SECRETS = [
  'CREDITBRIDGE_DATABASE_URL',
  'CREDITBRIDGE_MIGRATE_DATABASE_URL',
  'CREDITBRIDGE_SECRET_TO_SERVICE',
  'CREDITBRIDGE_SECRET_TO_WHMCS',
  'CREDITBRIDGE_TOKEN',
] as const;

/**
 * Reads secrets out of the files that `CREDITBRIDGE_DATABASE_URL_FILE` and the like name: in this form vaults, containers and
 * systemd hand them over. The file holds the value alone; a line break at its end does not count.
 *
 * @throws {ConfigurationError} with every problem; a sentence names the variable and the file, never the value.
 */
export function valuesFromFiles(env: Environment): Environment {
  const read: Record<string, string | undefined> = { ...env };
  const problems: string[] = [];
  for (const name of SECRETS) {
    const fileName = `${name}_FILE`;
    const path = env[fileName];
    if (path === undefined) continue;
    delete read[fileName];
    // An empty line of .env.example sets nothing.
    if ((env[name] ?? '') !== '') {
      problems.push(`${name} and ${fileName} are both set. Keep the one that is right.`);
      continue;
    }
    try {
      read[name] = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      problems.push(
        `${fileName} names ${path}, which cannot be read (${code}). Name the file that holds the value, and let the user that this runs as read it.`,
      );
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return read;
}
