import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { countWork } from '../support/counted-work.ts';
import { removeAtExit, removeFolder, runProcess } from '../support/processes.ts';
import { runCommand } from '../support/run-command.ts';
import { seedLedger } from '../support/seed-ledger.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-export-'));
removeAtExit(folder);
const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const env = {
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
};
const run = (...args: string[]) => runCommand(['ledger', ...args], env);
const before = await run('liability', '--day', '2025-06-01');
const seeded = await seedLedger(database, {
  clients: 500,
  historyDays: 80,
  ledgerDays: 60,
  perDay: 1.4,
  watch: false,
});
afterAll(async () => {
  removeFolder(folder);
  await database.drop();
});

test('before adoption there is no liability, and the answer says what to do', () => {
  expect(before).toMatchObject({ code: 1, out: '' });
  expect(before.err).toContain('creditbridge adopt');
});

test('balance shows what WHMCS and the ledger have, and says when there is no such client', async () => {
  const { code, out } = await run('balance', '2');
  expect(code).toBe(0);
  expect(out).toMatch(/^in WHMCS +50\.00 +USD$/m);
  const json = JSON.parse((await run('balance', '2', '--json')).out);
  expect(json).toMatchObject({ clientId: 2, whmcs: '50.00', spendable: '50.00' });
  expect(await run('balance', '4711')).toMatchObject({ code: 1, err: 'There is no client #4711.' });
});

test('entries and grants are tables for people and lists for programs, and go on by a cursor', async () => {
  const [clientId = 0] = seeded.clientIds;
  const first = await run('entries', '--client', String(clientId), '--limit', '3');
  expect(first.out.split('\n')).toHaveLength(4);
  expect(first.out).toMatch(/^Entry +Day +Client +Amount/);
  const [, cursor = ''] = /--cursor (\d+)/.exec(first.err) ?? [];
  const next = await run('entries', '--client', String(clientId), '--cursor', cursor, '--json');
  expect(BigInt(JSON.parse(next.out).entries[0].sequence)).toBeLessThan(BigInt(cursor));
  const grants = JSON.parse((await run('grants', '--remaining', '--kind', 'paid', '--json')).out);
  expect(grants.grants.length).toBeGreaterThan(0);
  for (const grant of grants.grants)
    expect([grant.kind, grant.remaining]).not.toEqual(['paid', '0.00']);
  expect((await run('entries', '--client', '1')).out).toBe('Nothing here.');
  expect((await run('entries', '--kind', 'nonsense')).code).toBe(2);
  expect((await run('entries', '--limit', '501')).code).toBe(2);
  for (const list of ['entries', 'grants']) {
    const mangled = await run(list, '--cursor', 'abc');
    expect([mangled.code, mangled.out]).toEqual([2, '']);
    expect(mangled.err).toContain('cursor: That is no cursor');
  }
});

test('the liability of a day before adoption says how exact it is', async () => {
  const past = await run('liability', '--day', seeded.firstDay);
  expect(past.out).toContain("when Credit Bridge began to follow WHMCS's credit log");
  const now = await run('liability', '--day', seeded.lastDay);
  expect(now.out).toMatch(/^USD +promotional +0-30 +\d+\.\d\d$/m);
  expect(now.out).not.toContain('before');
});

test('a day to come is refused, and the answer names the last day', async () => {
  for (const args of [['liability'], ['export', 'liability']]) {
    const refused = await run(...args, '--day', '2099-01-01');
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toMatch(
      /2099-01-01 is yet to come; the last day is \d{4}-\d\d-\d\d, today by WHMCS's calendar\./,
    );
  }
});

test('an export without rows is its header', async () => {
  const none = await run('export', 'entries', '--from', '2039-01-01');
  expect(none).toMatchObject({ code: 0, err: '0 rows written.' });
  expect(none.out).toMatch(/^sequence,day,client_id,.*,recorded_at\r\n$/);
});

test('an export goes to standard output or to a new file, never over an old one', async () => {
  const file = join(folder, 'liability.csv');
  const options = ['export', 'liability', '--day', seeded.lastDay];
  const { out, err } = await run(...options);
  expect(out).toMatch(/^day,basis,currency,kind,age_days,amount\r\n/);
  expect(err).toMatch(/^\d+ rows written\.$/);
  expect(await run(...options, '--output', file)).toMatchObject({ code: 0, out: '' });
  // A file opens in Excel by a double click; a pipe gets what programs expect.
  expect(readFileSync(file, 'utf8')).toBe(`\uFEFF${out}`);
  expect(await run(...options, '--output', file)).toMatchObject({ code: 1 });
  expect(await run('export', 'liability')).toMatchObject({ code: 2 });
  // The liability of one client cannot be written, so asking for it must not write everybody's.
  const narrowed = await run(...options, '--client', '2');
  expect(narrowed).toMatchObject({ code: 2, out: '' });
  expect(narrowed.err).toContain("unknown option '--client'");
});

test('more than 100,000 entries are exported in the memory that a few thousand need', async () => {
  expect(seeded.entries).toBeGreaterThan(100_000);
  const file = join(folder, 'entries.csv');
  const readWork = await countWork(database, new URL(database.serviceUrl).username);
  const { rows } = await readWork();
  const { code } = await runProcess({
    command: join(ROOT, 'node_modules/.bin/node'),
    args: [
      // The rows alone are more than this; the service without them is less.
      '--max-old-space-size=128',
      join(ROOT, 'src/cli/main.ts'),
      'ledger',
      'export',
      'entries',
      '--output',
      file,
    ],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: folder,
  }).then(({ exited }) => exited);
  expect(code).toBe(0);
  // Each row once, not the rest of the list for each part.
  expect((await readWork()).rows - rows).toBeLessThan(seeded.entries * 1.2);
  expect(statSync(file).size).toBeGreaterThan(12_000_000);
  const text = readFileSync(file, 'utf8');
  expect(text.split('\r\n')).toHaveLength(seeded.entries + 2);
});

test('openapi prints what the service answers', async () => {
  const { out } = await runCommand(['openapi']);
  expect(JSON.parse(out)).toMatchObject({ openapi: '3.1.0', servers: [{ url: '/api/v1' }] });
});
