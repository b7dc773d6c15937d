import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
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
      'Set StateDirectory=creditbridge in the systemd unit, or XDG_STATE_HOME to a folder that the service may write.',
  };
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
