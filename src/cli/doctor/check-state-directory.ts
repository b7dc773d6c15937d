import { access, constants, mkdir } from 'node:fs/promises';
import type { Check } from './check.ts';

/** What must outlive the database is remembered there; without it a restore during a stop of the service goes unnoticed. */
export async function checkStateDirectory(directory: string): Promise<Check> {
  const name = 'State directory';
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
    return { name, level: 'good', says: `${directory} can be written.` };
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return {
      ...{ name, level: 'warn' },
      says: `${directory} cannot be written (${why}): a database that is put back while the service is down is not noticed.`,
      remedy:
        'Set StateDirectory=creditbridge in the systemd unit, or XDG_STATE_HOME to a folder that the service may write.',
    };
  }
}
