import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { loadSettings } from '../../src/config/load-settings.ts';
import { readEnvFile } from '../../src/config/read-env-file.ts';
import { settingsFile } from '../../src/config/settings-file.ts';
import { databaseUrl, startDatabaseServer } from '../support/database-server.ts';
import { removeAtExit } from '../support/processes.ts';
import { runCommand } from '../support/run-command.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createWhmcsDatabase } from '../support/whmcs-database.ts';

// How an installation gets its settings: `creditbridge init`, and where service and command line find them afterwards.

const ROOT = join(import.meta.dirname, '../..');
const server = testDatabaseServer();
const whmcs = await createWhmcsDatabase(server, { bridgeTables: true });
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-init-'));
removeAtExit(folder);
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await whmcs.drop();
});

const isRoot = process.getuid?.() === 0;
const user = whmcs.name.replace('whmcs_', 'init_');
/** As an admin types it: without a password. */
const address = databaseUrl({ ...server, rootUser: user, rootPassword: '' }, whmcs.name).replace(
  ':@',
  '@',
);
const owner = { CREDITBRIDGE_MIGRATE_DATABASE_URL: whmcs.rootUrl };
const secrets = join(folder, 'secrets.txt');
const lines = [
  `CREDITBRIDGE_SECRET_TO_SERVICE=${generateSecret()}`,
  `CREDITBRIDGE_SECRET_TO_WHMCS=${generateSecret()}`,
];
writeFileSync(secrets, `${lines.join('\n')}\n`);

let number = 0;
/** Settings that are not there yet, in a folder of their own. */
function fresh() {
  number += 1;
  const place = join(folder, String(number));
  return {
    settings: { path: join(place, 'creditbridge.env'), isNamed: true },
    ownerPath: join(place, 'migrate.env'),
  };
}

const init = (...more: readonly string[]) => [
  'init',
  '--database',
  address,
  '--secrets',
  secrets,
  '--host',
  '%',
  ...more,
];

test('init looks at the database, writes the settings with a password of its own, and keeps the owner’s account elsewhere', async () => {
  const { settings, ownerPath } = fresh();
  const { code, out, err } = await runCommand(
    init('--whmcs-url', 'https://billing.example.com', '--listen', '127.0.0.1:8490'),
    owner,
    { settings },
  );
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(err).toMatch(
    /^Database: (MariaDB|MySQL) \d+\.\S+, \w+; (\d+) of WHMCS’s \2 tables seen, with the prefix tbl\.$/m,
  );
  const written = readEnvFile(settings.path);
  expect(written).toMatchObject({
    CREDITBRIDGE_WHMCS_URL: 'https://billing.example.com',
    CREDITBRIDGE_LISTEN: '127.0.0.1:8490',
    CREDITBRIDGE_SECRET_TO_SERVICE: lines[0]?.split(/=(.*)/)[1],
    CREDITBRIDGE_SECRET_TO_WHMCS: lines[1]?.split(/=(.*)/)[1],
  });
  const { username, password } = new URL(written['CREDITBRIDGE_DATABASE_URL'] ?? '');
  expect(username).toBe(user);
  expect(password).toMatch(/^[\w-]{32}$/);
  expect(readFileSync(settings.path, 'utf8')).not.toContain('MIGRATE');
  expect(statSync(settings.path).mode & 0o007).toBe(0);
  expect(readEnvFile(ownerPath)).toEqual(owner);
  expect(statSync(ownerPath).mode & 0o777).toBe(0o600);

  expect(out).toBe('');
  expect(err).toContain('creditbridge migrate --grants');
});

test('migrate --grants makes tables, account and rights in one step, with the account in root’s own file', async () => {
  const { settings } = fresh();
  await runCommand(init(), owner, { settings });
  const env = readEnvFile(settings.path);
  const first = await runCommand(['migrate', '--grants', '--host', '%'], env, { settings });
  expect(first).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^done {2}0001-[\s\S]*The account of the service has its rights\.$/),
  });
  const doctor = await runCommand(['doctor', '--json'], env);
  expect(JSON.parse(doctor.out).checks).toContainEqual({
    name: 'Rights',
    level: 'good',
    says: 'Exactly what is needed.',
  });
  const again = await runCommand(['migrate', '--grants', '--host', '%'], env, { settings });
  expect(again).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });

  // The account is there by now, and keeps its password.
  const other = fresh();
  await runCommand(init(), owner, other);
  const locked = await runCommand(
    ['migrate', '--grants', '--host', '%'],
    readEnvFile(other.settings.path),
    other,
  );
  expect(locked).toMatchObject({
    code: 4,
    err: expect.stringContaining(`ALTER USER '${user}'@'%' IDENTIFIED BY`),
  });
});

test('init without an account that may create tables prints the statements for whoever has one', async () => {
  const { settings, ownerPath } = fresh();
  const { code, out, err } = await runCommand(init(), {}, { settings });
  expect({ code, err }).toMatchObject({ code: 0, err: expect.stringContaining('was not tried') });
  const { password } = new URL(readEnvFile(settings.path)['CREDITBRIDGE_DATABASE_URL'] ?? '');
  expect(out).toContain(`CREATE USER IF NOT EXISTS '${user}'@'%' IDENTIFIED BY '${password}';`);
  expect(existsSync(ownerPath)).toBe(false);

  await runCommand(['migrate'], owner);
  await whmcs.root.query(`DROP USER IF EXISTS '${user}'@'%'`);
  for (const statement of out.split('\n')) await whmcs.root.query(statement);
  const doctor = await runCommand(['doctor', '--json'], readEnvFile(settings.path));
  expect(doctor.out).toContain('Exactly what is needed.');
  await whmcs.root.query(`DROP USER '${user}'@'%'`);
});

test('migrate asks for the account where nobody wrote it down, and says where it may stand when there is nobody to ask', async () => {
  const asked: (string | undefined)[] = [];
  const ask = async (_question: string, kind?: 'secret') => {
    asked.push(kind);
    return whmcs.rootUrl;
  };
  const { code } = await runCommand(['migrate', '--dry-run'], {}, { ask });
  expect({ code, asked }).toEqual({ code: 0, asked: ['secret'] });
  expect(await runCommand(['migrate', '--dry-run'])).toMatchObject({
    code: 3,
    err: expect.stringContaining('put it into migrate.env beside the settings'),
  });
});

test('migrate --grants says when the addon was not activated yet', async () => {
  const bare = await createWhmcsDatabase(server);
  try {
    const { code, err } = await runCommand(['migrate', '--grants'], {
      CREDITBRIDGE_DATABASE_URL: databaseUrl(server, bare.name),
      CREDITBRIDGE_MIGRATE_DATABASE_URL: bare.ownerUrl,
    });
    expect(code).toBe(4);
    expect(err).toContain('Activate the Credit Bridge addon in WHMCS');
  } finally {
    await bare.drop();
  }
});

test('a second init changes nothing and says what is there, without a value', async () => {
  const { settings, ownerPath } = fresh();
  await runCommand(init(), owner, { settings });
  const before = readFileSync(settings.path, 'utf8');
  const { code, err, out } = await runCommand(init('--listen', '127.0.0.1:1'), owner, {
    settings,
  });
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(
    `${settings.path} is there already, with CREDITBRIDGE_DATABASE_URL, CREDITBRIDGE_SECRET_TO_SERVICE`,
  );
  expect(err).toContain(`${ownerPath} is there already`);
  expect(err).not.toContain('mysql://');
  expect(readFileSync(settings.path, 'utf8')).toBe(before);
});

test('init names a database that is not WHMCS’s, and another prefix, and writes nothing', async () => {
  const { settings } = fresh();
  await whmcs.root.query(`CREATE DATABASE ${whmcs.name}_shop`);
  try {
    for (const table of ['clients', 'invoiceitems']) {
      await whmcs.root.query(`CREATE TABLE ${whmcs.name}_shop.shop_${table} (id INT)`);
    }
    const { code, err } = await runCommand(
      init(),
      { CREDITBRIDGE_MIGRATE_DATABASE_URL: databaseUrl(server, `${whmcs.name}_shop`) },
      { settings },
    );
    expect(code).toBe(4);
    expect(err).toContain('0 of WHMCS’s');
    expect(err).toContain('It has tables that begin with “shop_” instead');
    expect(existsSync(settings.path)).toBe(false);
  } finally {
    await whmcs.root.query(`DROP DATABASE ${whmcs.name}_shop`);
  }
});

test('init without a database, or with one that lets nobody in, writes nothing', async () => {
  const { settings } = fresh();
  const missing = await runCommand(['init'], {}, { settings });
  expect(missing).toMatchObject({
    code: 3,
    err: expect.stringMatching(/DATABASE_URL is missing[\s\S]*SECRET_TO_WHMCS is missing/),
  });
  const wrong = databaseUrl({ ...server, rootPassword: 'hunter2' }, whmcs.name);
  const closed = await runCommand(
    init(),
    { CREDITBRIDGE_MIGRATE_DATABASE_URL: wrong },
    { settings },
  );
  expect(closed).toMatchObject({ code: 4, err: expect.stringContaining('Access denied') });
  expect(closed.err).not.toContain('hunter2');
  expect(existsSync(settings.path)).toBe(false);
});

test('init asks at a terminal for what was not given, and shows no secret that is typed', () => {
  const { settings } = fresh();
  const command = `${process.execPath} ${ROOT}/src/cli/main.ts init --database '${address}' --host %`;
  const typed = [whmcs.rootUrl, 'https://billing.example.com', ...lines];
  const { stdout, status } = spawnSync('script', ['-qefc', command, '/dev/null'], {
    input: `${typed.join('\n')}\n`,
    timeout: 120_000,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], CREDITBRIDGE_ENV_FILE: settings.path, TERM: 'dumb' },
  });
  expect({ status, stdout }).toMatchObject({ status: 0 });
  expect(stdout).toContain('System URL of WHMCS');
  expect(stdout).toContain('Show the secrets');
  expect(readEnvFile(settings.path)).toMatchObject({
    CREDITBRIDGE_WHMCS_URL: 'https://billing.example.com',
    CREDITBRIDGE_SECRET_TO_WHMCS: lines[1]?.split(/=(.*)/)[1],
  });
});

test('root of the machine needs no password for the database: migrate --grants takes an address with ?socket=', async () => {
  const own = await startDatabaseServer();
  try {
    const database = await createWhmcsDatabase(own, { bridgeTables: true });
    const me = `'${userInfo().username}'@'localhost'`;
    await database.query(`CREATE USER IF NOT EXISTS ${me}`);
    await database.query(`GRANT ALL ON *.* TO ${me} WITH GRANT OPTION`);
    await database.query(`ALTER USER ${me} IDENTIFIED VIA unix_socket`);
    const account = { ...own, rootUser: user, rootPassword: 'pw' };
    const { code, err } = await runCommand(['migrate', '--grants', '--host', '%'], {
      CREDITBRIDGE_DATABASE_URL: databaseUrl(account, database.name),
      CREDITBRIDGE_MIGRATE_DATABASE_URL: `mysql://${userInfo().username}@localhost/${database.name}?socket=${own.socketPath}`,
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    await database.root.end();
  } finally {
    await own.stop();
  }
});

const SOMEBODY = 65_534;

/**
 * Runs the command line where /etc holds nothing but the settings of an installation, and a user and group `creditbridge`; in a
 * mount namespace of its own, so this machine's /etc stays as it is.
 */
function runInstalled(args: string, { as = 0, file = 'CREDITBRIDGE_LOG_LEVEL=loud\n' } = {}) {
  const put = join(folder, 'put.env');
  writeFileSync(put, file);
  chmodSync(folder, 0o755);
  const asUser = `setpriv --reuid=${as} --regid=${as} --clear-groups`;
  const script = `mount -t tmpfs tmpfs /etc
    printf 'root:x:0:0::/:/bin/sh\\ncreditbridge:x:${SOMEBODY}:${SOMEBODY}::/:/bin/sh\\n' > /etc/passwd
    printf 'root:x:0:\\ncreditbridge:x:${SOMEBODY}:\\n' > /etc/group
    if [ -n "$INSTALLED" ]; then
      install -d -m 750 -o root -g creditbridge /etc/creditbridge
      install -m 640 -o root -g creditbridge ${put} /etc/creditbridge/creditbridge.env
    fi
    umask 077
    cd /tmp && ${asUser} ${process.execPath} ${ROOT}/src/cli/main.ts ${args}
    code=$?; ls -lan /etc/creditbridge; exit $code`;
  const { status, stdout, stderr } = spawnSync('unshare', ['--mount', 'sh', '-c', script], {
    encoding: 'utf8',
    timeout: 120_000,
    env: { ...process.env, ...owner, INSTALLED: file },
  });
  return { status, output: stdout + stderr };
}

test.skipIf(!isRoot)(
  'the command line finds /etc/creditbridge/creditbridge.env in any folder, also as the service’s own user',
  () => {
    const { status, output } = runInstalled('doctor', { as: SOMEBODY });
    expect(status).toBe(3);
    expect(output).toContain('CREDITBRIDGE_LOG_LEVEL is none of');
    const stranger = runInstalled('doctor', { as: 1 });
    expect(stranger.status).toBe(3);
    expect(stranger.output).toContain(
      '/etc/creditbridge/creditbridge.env cannot be read (EACCES). Run this as root or as the service',
    );
  },
);

test.skipIf(!isRoot)(
  'init as root writes to /etc/creditbridge: root may change it, the group creditbridge may read it, nobody else',
  () => {
    const args = `init --database '${address}' --secrets ${secrets}`;
    const { status, output } = runInstalled(args, { file: '' });
    expect({ status, output }).toMatchObject({ status: 0 });
    expect(output).toMatch(/^drwxr-x--- 2 0 65534 .* \.$/m);
    expect(output).toMatch(/^-rw-r----- 1 0 65534 .* creditbridge\.env$/m);
    expect(output).toMatch(/^-rw------- 1 0 +0 .* migrate\.env$/m);
  },
);

test('the file that CREDITBRIDGE_ENV_FILE names comes first, then the one in /etc, then .env', () => {
  const inEtc = join(folder, 'etc.env');
  const named = { CREDITBRIDGE_ENV_FILE: '/srv/other.env' };
  expect(settingsFile({}, inEtc)).toEqual({ path: '.env', isNamed: false });
  mkdirSync(inEtc);
  expect(settingsFile({}, inEtc)).toEqual({ path: inEtc, isNamed: false });
  expect(settingsFile(named, inEtc)).toEqual({ path: '/srv/other.env', isNamed: true });
  process.env['CREDITBRIDGE_ENV_FILE'] = '/srv/other.env';
  expect(loadSettings).toThrow('CREDITBRIDGE_ENV_FILE names /srv/other.env, which does not exist.');
  delete process.env['CREDITBRIDGE_ENV_FILE'];
});
