import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { databaseUrl } from '../support/database.ts';
import { startProcess } from '../support/processes.ts';
import { runPhpunit } from '../support/run-phpunit.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const folder = join(import.meta.dirname, '../../php-shim');
const run = await runPhpunit(folder, {
  CREDITBRIDGE_TEST_DATABASE: databaseUrl(testDatabaseServer()),
});

test('PHPUnit runs the tests of the shim to their end', () => {
  expect(run.exit, run.output).toBe('exit code 0');
  expect(run.cases.length).toBeGreaterThan(0);
});

describe('PHPUnit', () => {
  for (const { suite, name, outcome, message } of run.cases) {
    test(`${suite} ${name}`, (context) => {
      if (outcome === 'skipped') context.skip(message || 'skipped by PHPUnit');
      expect(outcome, message).toBe('passed');
    });
  }
});

test('the PHP of the shim is written as PSR-12 says', async () => {
  const phpcs = startProcess({ command: 'phpcs', args: ['-q', '--no-colors'], cwd: folder });
  const exit = await phpcs.exited;
  expect(exit.code, phpcs.output()).toBe(0);
});
