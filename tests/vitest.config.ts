import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './support/longest-first.ts';
import { SummaryReporter } from './support/summary-reporter.ts';
import { isWholeMatrix } from './torture/extent.ts';

const root = join(import.meta.dirname, '..');
/** Files that run a service, PHP and perhaps a browser wait half of their time. More than six at once need too much memory. */
const maxWorkers = Math.min(availableParallelism() * 2, 6);
// Only a failure waits for it.
const expect = { poll: { timeout: 60_000 } };
const globalSetup = ['tests/support/run-folder.ts'];
const setupFiles = ['tests/support/leave-nothing-running.ts'];
/** Tests of rules import what an author of rules installs. */
const resolve = {
  alias: [
    { find: '@creditbridge/rules/testing', replacement: join(root, 'src/rules/testing.ts') },
    { find: '@creditbridge/rules', replacement: join(root, 'src/rules/index.ts') },
  ],
};

export default defineConfig({
  root,
  test: {
    // The whole matrix takes long: each of its tests is told as it ends.
    reporters: [isWholeMatrix ? 'verbose' : 'default', new SummaryReporter()],
    sequence: { sequencer: LongestFirst },
    // A test that is not finished by then hangs; the slow ones below say so themselves.
    testTimeout: 60_000,
    projects: [
      {
        resolve,
        test: {
          name: 'fast',
          root,
          include: ['tests/{unit,properties,types,contract}/**/*.test.ts', 'examples/**/*.test.ts'],
          globalSetup,
          setupFiles,
          // Files share a process: loading the same modules for each took more than the tests. They keep nothing global.
          isolate: false,
          maxWorkers,
          testTimeout: 60_000,
          expect,
        },
      },
      {
        resolve,
        test: {
          name: 'whole',
          root,
          include: ['tests/{integration,e2e}/**/*.test.ts'],
          globalSetup: [...globalSetup, 'tests/support/test-database-server.ts'],
          setupFiles,
          // As above: a process loads our modules once.
          isolate: false,
          maxWorkers,
          // Not how long they take, but when one hangs for certain, on a machine with other work too.
          testTimeout: 180_000,
          hookTimeout: 240_000,
          expect,
        },
      },
    ],
  },
});
