import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';
import { processesWith } from '../support/processes-with.ts';

// A run that is killed cannot clean up. What it started notices that it is gone (support/keeper.sh).

const root = join(import.meta.dirname, '../..');
const temporary = mkdtempSync(join(tmpdir(), 'cb-killed-'));
removeAtExit(temporary);
afterAll(() => removeFolder(temporary));

const bootstrap = [process.execPath, 'tests/support/bootstrap.mjs'];
const vitest = ['node_modules/.bin/vitest', 'run', '--config', 'tests/vitest.config.ts'];
const SERVERS = [/^\d+ mariadbd /, /^\d+ php .*-S /, /^\d+ \S*node src\/main\.ts/];
/** Only a failure waits so long. */
const LIMIT_MS = 120_000;

test.each([
  ['the torture’s starter', [...bootstrap, 'torture', '--rounds', '100000'], SERVERS],
  ['the test runner', [...vitest, 'tests/e2e/manual-credit.test.ts'], [...SERVERS, /chromium/]],
] as const)('nothing outlives %s when it is killed', async (_, command, parts) => {
  // In a session of its own: our own cleaning up shall not do the work.
  const shell = startProcess({
    command: 'sh',
    args: ['-c', 'setsid "$@" & echo pid $!; wait', 'sh', ...command],
    cwd: root,
    // With a database server of its own, which is one of the parts.
    env: { TMPDIR: temporary, TEST_DATABASE_URL: undefined },
  });
  const [, pid] = await shell.waitForLine(/^pid (\d+)$/);
  const missing = () => {
    const running = processesWith(temporary);
    return parts.filter((part) => !running.some((one) => part.test(one)));
  };
  await expect.poll(missing, { timeout: LIMIT_MS, interval: 100 }).toEqual([]);
  expect(readdirSync(temporary)).not.toEqual([]);

  process.kill(Number(pid), 'SIGKILL');
  await shell.exited;
  await expect
    .poll(() => processesWith(temporary), { timeout: LIMIT_MS, interval: 100 })
    .toEqual([]);
  expect(readdirSync(temporary).filter((name) => /^(creditbridge|cb)-/.test(name))).toEqual([]);
});
