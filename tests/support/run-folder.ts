import { mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeAtExit, removeFolder } from './processes.ts';

/** Short: paths of sockets below it are limited to some hundred characters. */
const PREFIX = 'cb-';

/** Names the process whose run has its folder; each project loads this file anew. */
const RUNNER = 'TEST_RUNNER';

/** The keepers of processes that ended last may still be at work; see keeper.sh. */
const EMPTY_WITHIN_MS = 30_000;

/**
 * Vitest calls this once per project, before its first test file; what it returns, after the last. One folder takes all temporary
 * files of a run, of every process in it. Nothing may be left there at the end.
 */
export function setup(): (() => Promise<void>) | undefined {
  if (process.env[RUNNER] === String(process.pid)) return undefined;
  process.env[RUNNER] = String(process.pid);
  const made = realpathSync(mkdtempSync(join(tmpdir(), PREFIX)));
  removeAtExit(made);
  process.env['TMPDIR'] = made;
  const phpCache = join(made, 'php-cache');
  mkdirSync(phpCache);
  process.env['TEST_PHP_CACHE'] = phpCache;
  process.env['PHP_INI_SCAN_DIR'] = `:${join(import.meta.dirname, 'php')}`;
  return async () => {
    removeFolder(phpCache);
    const end = Date.now() + EMPTY_WITHIN_MS;
    while (readdirSync(made).length > 0 && Date.now() < end) await sleep(100);
    const left = readdirSync(made);
    removeFolder(made);
    if (left.length > 0) {
      throw new Error(`The run left in the temporary folder: ${left.join(', ')}.`);
    }
  };
}
