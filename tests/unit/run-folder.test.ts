import { existsSync, mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { setup } from '../support/run-folder.ts';

const VARIABLES = ['TEST_RUNNER', 'TMPDIR', 'TEST_PHP_CACHE', 'PHP_INI_SCAN_DIR'];
/** Longer than the end of a run waits for processes that still clean up. */
const LATE_MS = 60_000;

const before = VARIABLES.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  // As in a runner that has just been started.
  delete process.env['TEST_RUNNER'];
});
afterEach(() => {
  vi.useRealTimers();
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

test('a run that leaves something in the temporary folder fails, names it, and removes it', async () => {
  const end = setup();
  const folder = tmpdir();
  expect(folder).not.toBe(before.find(([name]) => name === 'TMPDIR')?.[1]);
  const left = mkdtempSync(join(folder, 'creditbridge-state-'));
  vi.useFakeTimers({ toFake: ['Date'] });
  const ending = end?.();
  vi.setSystemTime(Date.now() + LATE_MS);
  await expect(ending).rejects.toThrow(`The run left in the temporary folder: ${basename(left)}.`);
  expect(existsSync(folder)).toBe(false);
});

test('what is gone within a moment after the last test is not left', async () => {
  const end = setup();
  const late = mkdtempSync(join(tmpdir(), 'creditbridge-state-'));
  const ending = end?.();
  rmdirSync(late);
  await ending;
  expect(existsSync(join(late, '..'))).toBe(false);
});
