import { existsSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { seenFile } from '../../follow/index.ts';
import type { Check } from './check.ts';

/** What must outlive the database is remembered there; without it a restore during a stop of the service goes unnoticed. */
export async function checkStateDirectory(directory: string): Promise<Check> {
  const name = 'State directory';
  const problem = await whyUnwritable(directory);
  if (problem === undefined) return { name, level: 'good', says: `${directory} can be written.` };
  return {
    name,
    level: 'warn',
    says: `${directory} cannot be written (${problem}): a database that is put back while the service is down is not noticed.`,
    remedy:
      'Name a folder that the service may write in CREDITBRIDGE_STATE_DIRECTORY; systemd makes the one of the unit, /var/lib/creditbridge.',
  };
}

/** Whether the service keeps its file in the folder that the command line knows; nothing to say when it does. */
export function checkStateFile(directory: string, installation: string): readonly Check[] {
  if (existsSync(seenFile(directory, installation))) return [];
  return [
    {
      name: 'State directory',
      level: 'warn',
      says: `The service keeps nothing in ${directory}: it uses another folder, runs on another machine, or may not write there.`,
      remedy:
        'Set CREDITBRIDGE_STATE_DIRECTORY in the settings to the folder of the unit, /var/lib/creditbridge, and restart the service.',
    },
  ];
}

/** A folder that is not there yet is made by the service, if the one above it lets it. */
async function whyUnwritable(directory: string): Promise<string | undefined> {
  try {
    await access(directory, constants.W_OK);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    const above = dirname(directory);
    return code === 'ENOENT' && above !== directory ? whyUnwritable(above) : code;
  }
}
