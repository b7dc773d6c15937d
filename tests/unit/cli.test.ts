import { expect, test } from 'vitest';
import { checkConnection } from '../../src/cli/doctor/check-connection.ts';
import { checkNode } from '../../src/cli/doctor/check-node.ts';
import { checkServer } from '../../src/cli/doctor/check-server.ts';
import { formatTable } from '../../src/cli/terminal.ts';
import { runCommand } from '../support/run-command.ts';

test('help lists every command, says where settings come from, and ends with 0', async () => {
  const { code, out, err } = await runCommand(['--help']);
  expect(code).toBe(0);
  for (const name of [
    'init',
    'serve',
    'migrate',
    'grants',
    'doctor',
    'run',
    'explain',
    'deliveries',
  ]) {
    expect(out).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  }
  expect(out).toContain('/etc/creditbridge/creditbridge.env');
  expect(err).toBe('');
});

test.each([[['frobnicate']], [['migrate', '--now']], [['explain', 'invoice']], [['doctor', 'me']]])(
  'the command line %j is wrong, which is exit code 2',
  async (args) => {
    const { code, err } = await runCommand(args);
    expect(code).toBe(2);
    expect(err).toContain('error:');
  },
);

test.each([['doctor'], ['grants'], ['migrate']])(
  '%s without settings names what is missing, which is exit code 3',
  async (command) => {
    const { code, err } = await runCommand([command]);
    expect(code).toBe(3);
    expect(err).toContain('DATABASE_URL is missing');
  },
);

test('a database that is not there is exit code 4', async () => {
  const { code, err } = await runCommand(['migrate'], {
    CREDITBRIDGE_MIGRATE_DATABASE_URL: 'mysql://u:hunter2@127.0.0.1:1/whmcs',
  });
  expect(code).toBe(4);
  expect(err).toContain('ECONNREFUSED');
  expect(err).not.toContain('hunter2');
});

test.each([
  ['v24.21.0', 'good'],
  ['v22.18.0', 'good'],
  ['v22.17.9', 'bad'],
  ['v20.20.2', 'bad'],
])('Node %s is %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
});

test.each([
  ['10.11.6-MariaDB-0+deb12u1', 'good'],
  ['10.5.29-MariaDB', 'bad'],
  ['11.4.2-MariaDB', 'good'],
  ['8.0.40', 'good'],
  ['5.7.44-log', 'bad'],
])('a database server %s is %s', (version, level) => {
  const facts = { version, sqlMode: '', account: 'a@b', database: 'd', clockMs: 0 };
  expect(checkServer(facts, 0)[0]?.level).toBe(level);
});

test.each([
  ['mysql://u:p@127.0.0.1/d', 'good'],
  ['mysql://u:p@[::1]/d', 'good'],
  ['mysql://u:p@db/d?socket=/run/mysqld.sock', 'good'],
  [`mysql://u:p@db.internal/d?ca=${import.meta.filename}`, 'good'],
  ['mysql://u:p@db.internal/d', 'warn'],
  ['mysql://u:p@10.0.0.5/d', 'warn'],
])('doctor thinks of the connection by %s: %s', (databaseUrl, level) => {
  const check = checkConnection(databaseUrl);
  expect(check.level).toBe(level);
  expect(check.remedy === undefined).toBe(level === 'good');
});

test('zero dates, which WHMCS stores, must be readable', () => {
  const facts = { version: '8.0.40', account: 'a@b', database: 'd', clockMs: 0 };
  const levelFor = (sqlMode: string) => checkServer({ ...facts, sqlMode }, 0)[1]?.level;
  expect(levelFor('STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION')).toBe('good');
  expect(levelFor('STRICT_TRANS_TABLES,NO_ZERO_DATE')).toBe('bad');
});

test('clocks two seconds apart are fine, more deserve a look', () => {
  const facts = { version: '8.0.40', sqlMode: '', account: 'a@b', database: 'd', clockMs: 10_000 };
  expect(checkServer(facts, 12_000)[2]?.level).toBe('good');
  expect(checkServer(facts, 7_999)[2]?.level).toBe('warn');
});

test('columns are lined up, and no line ends with a blank', () => {
  expect(
    formatTable([
      ['✔', 'Node', 'fine'],
      ['', '', '→ go on'],
      ['✘', 'Clock', ''],
    ]),
  ).toEqual(['✔  Node   fine', '          → go on', '✘  Clock']);
});
