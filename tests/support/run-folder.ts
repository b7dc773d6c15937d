import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeAtExit, removeFolder } from './processes.ts';

/** Short: paths of sockets below it are limited to some hundred characters. */
const PREFIX = 'cb-';

/** Names the process whose run has its folder; each project loads this file anew. */
const RUNNER = 'TEST_RUNNER';

/** Linux keeps this folder in memory: the database makes and drops its tables there in half the time. */
const IN_MEMORY = '/dev/shm';
/** Several times of what a run has there at once. */
const ROOM_BYTES = 4 * 1024 ** 3;

/** The keepers of processes that ended last may still be at work; see keeper.sh. */
const EMPTY_WITHIN_MS = 30_000;

/**
 * Vitest calls this once per project, before its first test file; what it returns, after the last. One folder takes all temporary
 * files of a run, of every process in it. Nothing may be left there at the end.
 */
export function setup(): (() => Promise<void>) | undefined {
  if (process.env[RUNNER] === String(process.pid)) return undefined;
  process.env[RUNNER] = String(process.pid);
  const named = process.env['TMPDIR'];
  const place = named === undefined && hasRoomInMemory() ? IN_MEMORY : tmpdir();
  const made = realpathSync(mkdtempSync(join(place, PREFIX)));
  removeAtExit(made);
  process.env['TMPDIR'] = made;
  const phpCache = join(made, 'php-cache');
  mkdirSync(phpCache);
  process.env['TEST_PHP_CACHE'] = phpCache;
  process.env['PHP_INI_SCAN_DIR'] = `:${join(import.meta.dirname, 'php')}`;
  return async () => {
    for (const shared of [phpCache, releaseFolder()]) removeFolder(shared);
    const end = Date.now() + EMPTY_WITHIN_MS;
    while (readdirSync(made).length > 0 && Date.now() < end) await sleep(100);
    const left = readdirSync(made);
    removeFolder(made);
    if (left.length > 0) {
      throw new Error(`The run left in the temporary folder: ${left.join(', ')}.`);
    }
  };
}

/** Where test files of one run share a release; the run removes it. */
export function releaseFolder(): string {
  return join(tmpdir(), 'release');
}

/** Tests also run programs from there, which a container's may forbid. */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    const room = Math.min(bavail * bsize, process.availableMemory());
    const mounts = readFileSync('/proc/mounts', 'utf8').split('\n');
    const options = mounts.findLast((line) => line.split(' ')[1] === IN_MEMORY)?.split(' ')[3];
    return room >= ROOM_BYTES && options !== undefined && !options.split(',').includes('noexec');
  } catch {
    return false;
  }
}
