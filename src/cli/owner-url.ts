import { accessSync, constants } from 'node:fs';
import {
  MIGRATE_DATABASE_URL,
  ownerFile,
  readDatabaseUrl,
  readEnvFile,
  valuesFromFiles,
} from '../config/index.ts';
import type { CommandContext } from './command-context.ts';

/**
 * The address of the account that may change tables: from the environment, from root's own file beside the settings, or from
 * whoever sits at the terminal. It is in no file that the service reads.
 *
 * @throws {ConfigurationError} when it is nowhere, or not an address.
 */
export async function ownerUrl(context: CommandContext): Promise<string> {
  const found = findOwnerUrl(context);
  const { ask } = context.terminal;
  const url =
    found === undefined && ask !== undefined
      ? await ask('Address of an account that may create tables (mysql://…): ', 'secret')
      : found;
  return readDatabaseUrl({ ...context.env, [MIGRATE_DATABASE_URL]: url }, MIGRATE_DATABASE_URL);
}

/** The same without asking; undefined when it is nowhere that this user may read. */
export function findOwnerUrl({ env, settings }: CommandContext): string | undefined {
  const set = env[MIGRATE_DATABASE_URL] ?? '';
  if (set !== '') return set;
  const file = ownerFile(settings.path);
  if (!isReadable(file)) return undefined;
  return valuesFromFiles(readEnvFile(file))[MIGRATE_DATABASE_URL];
}

function isReadable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
