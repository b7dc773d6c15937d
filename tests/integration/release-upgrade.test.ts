import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import {
  expectDecisions,
  expectPaid,
  expectPaidOnce,
  unpaidOf,
} from '../support/paid-by-credit.ts';
import { removeFolder } from '../support/processes.ts';
import { bringDependencies, unpack, unpackAddon } from '../support/release/install.ts';
import { makeNextRelease, NEXT, NEXT_TABLE } from '../support/release/next-release.ts';
import { project } from '../support/release/project.ts';
import { releaseOfRun } from '../support/release/release-of-run.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTraffic, type Traffic } from '../support/traffic.ts';

// One installation goes from this release to the next one and back by the steps of docs/operators.md, while WHMCS is in use. The
// next release is this one with a higher version, one more migration and the next protocol number.

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-upgrade-'));
const home = join(folder, 'creditbridge');
const next = join(folder, 'next');
const server = testDatabaseServer();
let dist: string;
let installation: Installation;
let traffic: Traffic;

beforeAll(async () => {
  dist = await releaseOfRun();
  makeNextRelease(dist, next);
  unpack(join(dist, `creditbridge-${project.version}.tgz`), home);
  bringDependencies(home);
  installation = await startInstallation(server, { releaseFolder: home });
  const { standIn } = installation;
  putAddon(project.version);
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', coverage: 'partial', mail: 'as-is' },
  });
  traffic = await startTraffic(installation);
});

afterAll(async () => {
  await traffic?.stop();
  await installation?.stop();
  removeFolder(folder);
});

function archives(version: string): string {
  return version === NEXT ? next : dist;
}

/** Unpacks an addon over the one that is there, while WHMCS goes on. */
function putAddon(version: string): void {
  const archive = join(archives(version), `creditbridge-addon-${version}.zip`);
  unpackAddon(archive, installation.standIn.root);
}

/** Stops the service, replaces its files, and starts it: the steps for upgrading as for going back, with what `between` does. */
async function putService(version: string, between = async () => {}): Promise<void> {
  await installation.service.stop();
  for (const part of ['bridge', 'migrations', 'src']) {
    rmSync(join(home, part), { recursive: true });
  }
  unpack(join(archives(version), `creditbridge-${version}.tgz`), home);
  await between();
  await installation.service.start();
}

function cli(...args: readonly string[]): string {
  const { database, service } = installation;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(home, 'src/cli/creditbridge.mjs'), ...args],
    {
      cwd: folder,
      encoding: 'utf8',
      env: {
        CREDITBRIDGE_DATABASE_URL: service.databaseUrl,
        CREDITBRIDGE_MIGRATE_DATABASE_URL: database.ownerUrl,
      },
    },
  );
  if (status !== 0) throw new Error(`creditbridge ${args.join(' ')}: ${stderr}`);
  return stdout;
}

async function migrateAndGrant(): Promise<void> {
  expect(cli('migrate')).toContain('0003-next');
  const root = await createConnection({
    uri: installation.database.rootUrl,
    multipleStatements: true,
  });
  await root.query(cli('grants', '--host', '%'));
  await root.end();
}

async function serviceVersion(): Promise<string | undefined> {
  const [row] = await installation.database.query<{ service_version: string }>(
    'SELECT service_version FROM mod_creditbridge_settings',
  );
  return row?.service_version;
}

test('upgraded as documented, service first: the new service goes on with the addon of before, then the addon follows', async () => {
  await expectDecisions(installation.database, traffic);
  await putService(NEXT, migrateAndGrant);
  await expectDecisions(installation.database, traffic);
  expect(await serviceVersion()).toBe(NEXT);

  putAddon(NEXT);
  await expectDecisions(installation.database, traffic);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  expect((await admin.get(addonPath('overview'))).body).toContain(NEXT);
  expect(
    await installation.database.query(
      'SELECT description FROM tblactivitylog WHERE description LIKE ?',
      [`%upgraded from ${project.version} to ${NEXT}.`],
    ),
  ).toHaveLength(1);
});

test('a service that is older than the addon is told from one that is down, and what it refuses is kept', async () => {
  await putService(project.version);
  const from = traffic.invoices.length;
  await expect.poll(() => traffic.invoices.length).toBeGreaterThan(from + 2);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  await expect
    .poll(async () => (await admin.get(addonPath('connection'))).body)
    .toContain('upgrade-service');
  expect((await unpaidOf(installation.database, traffic.invoices)).size).toBeGreaterThan(0);
  const [spool] = await installation.database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM mod_creditbridge_spool',
  );
  expect(spool?.count).toBeGreaterThan(0);
});

test('the addon upgraded first: once the service follows, it decides on everything that was kept', async () => {
  await putService(NEXT);
  await expectPaid(installation.database, [
    ...(await unpaidOf(installation.database, traffic.invoices)),
  ]);
  await expectDecisions(installation.database, traffic);
});

test('gone back as documented, addon first: the former release works on the newer tables, and migrates nothing', async () => {
  putAddon(project.version);
  await expectDecisions(installation.database, traffic);
  await putService(project.version, async () => {
    expect(cli('migrate')).toContain('up to date');
    expect(cli('migrate', '--dry-run')).toContain('0003-next');
  });
  await expectDecisions(installation.database, traffic);
  expect(await serviceVersion()).toBe(project.version);
  expect(await installation.database.query(`SHOW TABLES LIKE '${NEXT_TABLE}'`)).toHaveLength(1);
});

test('of all that happened meanwhile nothing is lost and nothing was done twice, and no page failed', async () => {
  await traffic.stop();
  await settleLedger(installation);
  const { database } = installation;
  expect(traffic.faults).toEqual([]);
  await expectNoPhpFaults(database);
  await expectPaidOnce(database, traffic.invoices);
  await expectCoherentLedger(database, { caughtUp: true });
  expect(await database.query('SELECT * FROM mod_creditbridge_drifts')).toEqual([]);
});
