import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { releaseFolder } from '../run-folder.ts';
import { makeRelease } from './make-release.ts';

/** Several times of what the compiler needs on a busy machine. */
const LIMIT_MS = 180_000;

/**
 * Returns the folder of the release that is made of the present sources, once for all test files of a run: whoever comes first makes
 * it. It is not to be changed.
 */
export async function releaseOfRun(): Promise<string> {
  const folder = releaseFolder();
  const dist = join(folder, 'dist');
  if (isFirst(folder)) {
    const making = join(folder, 'making');
    makeRelease(making);
    renameSync(making, dist);
  }
  for (const until = Date.now() + LIMIT_MS; !existsSync(dist); await sleep(200)) {
    if (Date.now() > until) throw new Error('The test file that makes the release did not.');
  }
  return dist;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
