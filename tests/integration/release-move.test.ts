import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copyInstallation, type InstallationCopy } from '../support/copy-installation.ts';
import { type DatabaseServer, startDatabaseServer } from '../support/database-server.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import {
  type Installation,
  runWorker,
  startInstallation,
  startWorker,
} from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import {
  expectDecisions,
  expectPaid,
  expectPaidOnce,
  unpaidOf,
} from '../support/paid-by-credit.ts';
import { freePort } from '../support/ports.ts';
import { type RunningProcess, removeFolder, startProcess } from '../support/processes.ts';
import { bringDependencies, unpack, unpackAddon } from '../support/release/install.ts';
import { project, ROOT } from '../support/release/project.ts';
import { releaseOfRun } from '../support/release/release-of-run.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger } from '../support/settle-ledger.ts';
import type { StandIn } from '../support/stand-in.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTraffic, type Traffic } from '../support/traffic.ts';
import { readSteps } from '../support/walk/read-document.ts';
import type { WhmcsDatabase } from '../support/whmcs-database.ts';

// One installation of this release moves to another server by the steps of docs/operators.md, with another URL and another database
// server, while WHMCS is in use. What needs systemd or the system's folders is done for it, or in folders of this test.

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-move-'));
const OLD = { heading: '### Move: on the old server', root: join(folder, 'old') };
const NEW = { heading: '### Move: on the new server', root: join(folder, 'new') };
const HOME = 'opt/creditbridge';
const STATE = 'var/lib/creditbridge';
const SETTINGS = 'etc/creditbridge/creditbridge.env';
const OWNER = 'etc/creditbridge/migrate.env';
const MODULES = 'admin/configaddonmods.php';

let dist: string;
let old: Installation;
let oldWorker: RunningProcess;
let oldTraffic: Traffic;
let newServer: DatabaseServer;
let copy: InstallationCopy;
let newService: RunningProcess;
let newUrl: string;
let newTraffic: Traffic;
/** What waited when the database was dumped. */
let dumped: { readonly unpaid: readonly number[]; readonly done: number };

beforeAll(async () => {
  dist = await releaseOfRun();
  const home = install(OLD.root);
  old = await startInstallation(testDatabaseServer(), {
    releaseFolder: home,
    serviceEnv: { CREDITBRIDGE_STATE_DIRECTORY: join(OLD.root, STATE) },
  });
  putAddon(old.standIn);
  writeEnv(join(OLD.root, SETTINGS), old.service.env);
  writeEnv(join(OLD.root, OWNER), { CREDITBRIDGE_MIGRATE_DATABASE_URL: old.database.rootUrl });
  await takeOverAutomaticUse(old.standIn);
  await saveRule(old.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', coverage: 'partial', mail: 'as-is' },
  });
  oldTraffic = await startTraffic({
    ...old,
    startWorker() {
      oldWorker = old.startWorker();
      return oldWorker;
    },
  });
});

afterAll(async () => {
  await oldTraffic?.stop();
  await newTraffic?.stop();
  await newService?.stop();
  await copy?.stop();
  await newServer?.stop();
  await old?.stop();
  removeFolder(folder);
});

/** Unpacks the service on a server, and gives the shell its command. */
function install(root: string): string {
  const home = join(root, HOME);
  unpack(join(dist, `creditbridge-${project.version}.tgz`), home);
  bringDependencies(home);
  mkdirSync(join(root, 'bin'));
  symlinkSync(join(home, 'src/cli/creditbridge.mjs'), join(root, 'bin/creditbridge'));
  return home;
}

/** The addon of the archive, and no other file of it. */
function putAddon({ root }: Pick<StandIn, 'root'>): void {
  rmSync(join(root, 'modules/addons/creditbridge'), { recursive: true });
  unpackAddon(join(dist, `creditbridge-addon-${project.version}.zip`), root);
}

function writeEnv(file: string, values: Readonly<Record<string, string>>): void {
  const ours = Object.entries(values).filter(([name]) => name.startsWith('CREDITBRIDGE_'));
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, ours.map(([name, value]) => `${name}=${value}\n`).join(''));
}

/** Does in an editor what the document says of the settings: corrects what is different here. */
function correct(file: string, values: Readonly<Record<string, string>>): void {
  const before = readFileSync(file, 'utf8');
  const after = Object.entries(values).reduce((text, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'm');
    expect(text).toMatch(line);
    return text.replace(line, () => `${name}=${value}`);
  }, before);
  writeFileSync(file, after);
}

/** Runs those commands of a step, as they are printed, that need nothing of the machine but a folder in place of its root. */
function runPrinted({ heading, root }: typeof OLD, title: string, chosen: RegExp): void {
  const steps = readSteps(readFileSync(join(ROOT, 'docs/operators.md'), 'utf8'), heading);
  const step = steps.find((one) => one.title === title);
  const lines = (step?.blocks ?? []).flatMap((block) => block.split('\n'));
  const commands = lines.filter((line) => chosen.test(line));
  expect(commands).toHaveLength(1);
  for (const command of commands) {
    execFileSync('sh', ['-ec', command.replace(/ -C \/(?= |$)/, ` -C ${root}`)], {
      cwd: folder,
      env: {
        PATH: `${join(root, 'bin')}:${ROOT}/node_modules/.bin:${process.env['PATH']}`,
        CREDITBRIDGE_ENV_FILE: join(root, SETTINGS),
      },
    });
  }
}

async function press({ url }: Pick<StandIn, 'url'>, act: string): Promise<string> {
  return (await postAct(await visitAsAdmin({ url }, 'admin'), 'connection', act)).body;
}

async function count({ query }: WhmcsDatabase, what: string): Promise<number> {
  const [row] = await query<{ count: number }>(`SELECT COUNT(*) AS count FROM ${what}`);
  return row?.count ?? 0;
}

const OPEN = "mod_creditbridge_commands WHERE state = 'open'";
const BEGUN = "mod_creditbridge_commands WHERE state <> 'open'";
const HOOKS = 'mod_creditbridge_spool';

test('the old server is frozen, stopped and closed as documented, with commands open and hooks not sent', async () => {
  const { database } = old;
  await expectDecisions(database, oldTraffic);
  expect(await press(old.standIn, 'freeze')).toContain('Everything is frozen');
  await expect.poll(() => count(database, OPEN)).toBeGreaterThan(2);

  await oldWorker.stop();
  await old.service.stop();
  const made = oldTraffic.invoices.length;
  await expect.poll(() => oldTraffic.invoices.length).toBeGreaterThan(made + 2);
  await oldTraffic.stop();

  runPrinted(OLD, 'Dump', /tar -czf creditbridge-settings/);
  expect(await count(database, HOOKS)).toBeGreaterThan(0);
  const unpaid = [...(await unpaidOf(database, oldTraffic.invoices))];
  expect(unpaid.length).toBeGreaterThan(5);
  dumped = { unpaid, done: await count(database, BEGUN) };
});

test('installed on the new server, nothing is sent or run before somebody says that WHMCS was moved', async () => {
  newServer = await startDatabaseServer();
  copy = await copyInstallation(old, { server: newServer });
  const { database, standIn } = copy;
  putAddon(standIn);
  const home = install(NEW.root);
  runPrinted(NEW, 'Settings', /^tar -xzf creditbridge-settings/);
  const port = await freePort();
  newUrl = `http://127.0.0.1:${port}`;
  const known = new URL(old.service.databaseUrl);
  const address = (user: string, password: string) =>
    `mysql://${user}:${password}@localhost/${database.name}?socket=${newServer.socketPath}`;
  correct(join(NEW.root, SETTINGS), {
    CREDITBRIDGE_DATABASE_URL: address(known.username, known.password),
    CREDITBRIDGE_WHMCS_URL: standIn.url,
    CREDITBRIDGE_LISTEN: `127.0.0.1:${port}`,
    CREDITBRIDGE_STATE_DIRECTORY: join(NEW.root, STATE),
  });
  correct(join(NEW.root, OWNER), {
    CREDITBRIDGE_MIGRATE_DATABASE_URL: address(newServer.rootUser, newServer.rootPassword),
  });
  runPrinted(NEW, 'Account', /^creditbridge migrate --grants$/);
  const admin = await visitAsAdmin(standIn, 'admin');
  await admin.get(MODULES);
  const fields = { 'fields[service_url]': newUrl, 'fields[acting_admin]': 'admin' };
  await admin.post(MODULES, { module: 'creditbridge', do: 'save', 'access[]': ['1'], ...fields });

  newService = startProcess({
    command: process.execPath,
    args: [join(home, 'src/cli/creditbridge.mjs'), 'serve'],
    cwd: home,
    env: { CREDITBRIDGE_ENV_FILE: join(NEW.root, SETTINGS) },
    name: 'the service on the new server',
  });
  await newService.waitForPort(port);
  await newService.waitForLine(/The database is fit for work/);
  // Opened before the document says so.
  newTraffic = await startTraffic({ ...copy, startWorker: () => startWorker(standIn) });
  await expect.poll(() => newTraffic.invoices.length).toBeGreaterThan(2);
  const hooks = await count(old.database, HOOKS);
  await expect.poll(() => count(database, HOOKS)).toBeGreaterThan(hooks + 2);

  const page = await admin.get(addonPath('connection'));
  expect(page.body).toContain('Was this WHMCS moved or copied?');
  expect(page.body).toContain(`It was at ${old.standIn.url.replace(/\/$/, '')}`);
  expect((await fetch(`${newUrl}/ready`)).status).toBe(503);
  expect(await count(database, BEGUN)).toBe(dumped.done);
  expect([...(await unpaidOf(database, oldTraffic.invoices))]).toEqual(dumped.unpaid);
});

test('after *moved* all hooks are decided, those from before the move too; after *unfreeze* all commands run', async () => {
  const { database, standIn } = copy;
  await press(standIn, 'moved');
  // On a busy machine the service may answer too late for this page; then the worker pairs.
  const state = () => database.query('SELECT state FROM mod_creditbridge_settings');
  await expect.poll(state).toEqual([{ state: 'paired' }]);
  const made = newTraffic.invoices.length;
  await expect.poll(() => newTraffic.invoices.length).toBeGreaterThan(made + 1);
  // A command for each invoice that was not paid at the dump, from before it or from a hook that was kept.
  const asked = async () =>
    count(database, `${OPEN} AND invoice_id IN (${dumped.unpaid.join(', ')})`);
  await expect.poll(asked).toBe(dumped.unpaid.length);
  expect(await count(database, BEGUN)).toBe(dumped.done);

  expect(await press(standIn, 'unfreeze')).toContain('Commands run again');
  await expectPaid(database, dumped.unpaid);
  await expectDecisions(database, newTraffic);
});

test('the old server does not go on, although somebody starts its service, its worker and its cron again', async () => {
  const { database, standIn, service } = old;
  await service.start();
  const traffic = await startTraffic(old);
  await expect.poll(() => traffic.invoices.length).toBeGreaterThan(2);
  expect((await standIn.runCron()).code).toBe(0);
  // It is at home and decides, but nothing runs.
  await expect.poll(() => count(database, OPEN)).toBeGreaterThan(dumped.unpaid.length);
  await traffic.stop();
  expect(traffic.faults).toEqual([]);
  expect(await count(database, BEGUN)).toBe(dumped.done);
  expect([...(await unpaidOf(database, oldTraffic.invoices))]).toEqual(dumped.unpaid);
  // For going back, it is unfrozen: so nothing but the freeze held it.
  expect(await press(standIn, 'unfreeze')).toContain('Commands run again');
  await settleLedger(old);
  await expectPaidOnce(database, [...oldTraffic.invoices, ...traffic.invoices]);
  await expectNoPhpFaults(database);
});

test('of all that happened meanwhile nothing is lost and nothing was done twice, and no page failed', async () => {
  await newTraffic.stop();
  const { database } = copy;
  await settleLedger({ database, work: () => runWorker(copy) });
  expect([...oldTraffic.faults, ...newTraffic.faults]).toEqual([]);
  await expectNoPhpFaults(database);
  await expectPaidOnce(database, [...oldTraffic.invoices, ...newTraffic.invoices]);
  await expectCoherentLedger(database, { caughtUp: true });
  expect(await database.query('SELECT * FROM mod_creditbridge_drifts')).toEqual([]);
});

test('the document has these steps and no others', () => {
  const text = readFileSync(join(ROOT, 'docs/operators.md'), 'utf8');
  const titles = ({ heading }: typeof OLD) =>
    readSteps(text, heading).flatMap(({ title }) => (title === '' ? [] : [title]));
  expect(titles(OLD)).toEqual(['Freeze', 'Stop', 'Close', 'Dump']);
  expect(titles(NEW)).toEqual([
    'WHMCS',
    'Install',
    'Settings',
    'Account',
    'Start',
    'Moved',
    'Unfreeze',
    'Open',
    'Look',
  ]);
});
