import { statSync } from 'node:fs';
import type { Environment } from './environment.ts';

/** Where an installation keeps its settings; service and command line read the same file. */
export const SYSTEM_FILE = '/etc/creditbridge/creditbridge.env';
/** Names another file than {@link SYSTEM_FILE}, for a second service on one machine, or one without root. */
export const ENV_FILE = 'CREDITBRIDGE_ENV_FILE';
/** Where there is no installation in `/etc`: a checkout, a container, an account of a shared host. */
const IN_WORKING_DIRECTORY = '.env';

/** The file of settings for this process. */
export interface SettingsFile {
  readonly path: string;
  /** Whether somebody named it, so that it must exist. */
  readonly isNamed: boolean;
}

/** The file that CREDITBRIDGE_ENV_FILE names, or else the one in `/etc`, or else `.env` in the working directory. */
export function settingsFile(env: Environment, systemFile = SYSTEM_FILE): SettingsFile {
  const named = env[ENV_FILE] ?? '';
  if (named !== '') return { path: named, isNamed: true };
  return { path: isThere(systemFile) ? systemFile : IN_WORKING_DIRECTORY, isNamed: false };
}

/** Whether a file is there, also one in a folder that this user may not look into. */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
