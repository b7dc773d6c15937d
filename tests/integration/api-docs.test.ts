import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { apiStatuses } from '../../src/api/index.ts';
import { removeAtExit, removeFolder, startProcess } from '../support/processes.ts';
import { seedLedger } from '../support/seed-ledger.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
const commands = [...page.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap(([, block = '']) => block.trim().replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => !line.startsWith('export '));

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-api-docs-'));
removeAtExit(folder);
const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
await seedLedger(database, {
  clients: 10,
  historyDays: 300,
  ledgerDays: 250,
  perDay: 0.2,
  firstClientId: 2,
});
const service = await startTestService(database);
const token = await storeToken(database, 1);
writeFileSync(
  join(folder, 'creditbridge'),
  `#!/bin/sh\nexec '${join(ROOT, 'node_modules/.bin/node')}' '${join(ROOT, 'src/cli/main.ts')}' "$@"\n`,
);
chmodSync(join(folder, 'creditbridge'), 0o755);
const env = {
  PATH: [folder, process.env['PATH']].join(delimiter),
  API: `${service.url}/api/v1`,
  TOKEN: token,
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: service.secrets.toService,
  CREDITBRIDGE_SECRET_TO_WHMCS: service.secrets.toWhmcs,
};
afterAll(async () => {
  await service.stop();
  removeFolder(folder);
  await database.drop();
});

test('docs/api.md has commands for every part', () => {
  expect(commands.length).toBeGreaterThan(15);
});

test.each(commands)('docs/api.md: %s', async (command) => {
  const shell = startProcess({ command: 'sh', args: ['-c', command], env, cwd: folder });
  const { code } = await shell.exited;
  expect([shell.output(), code]).toEqual([shell.output(), 0]);
  const file = /(?:-o|--output) (\S+)/.exec(command)?.[1];
  const said = file === undefined ? shell.output() : readFileSync(join(folder, file), 'utf8');
  expect(said.length).toBeGreaterThan(10);
  expect(said).not.toMatch(/^\{"code":/);
});

test('docs/api.md lists every code that is not one of many refusals', () => {
  for (const [code, status] of Object.entries(apiStatuses)) {
    if (status !== 422) expect([code, page.includes(`\`${code}\``)]).toEqual([code, true]);
  }
});
