import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Browsing, startBrowsing } from '../support/browsing.ts';
import { copyInstallation, type InstallationCopy } from '../support/copy-installation.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople } from '../support/people.ts';
import { addonPath } from '../support/save-rule.ts';
import type { StandIn } from '../support/stand-in.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import type { WhmcsDatabase } from '../support/whmcs-database.ts';

// A copy of a WHMCS, files and database, is started beside it; and a WHMCS that was moved to another address.

const ANNAS = 'anna@example.com';

let installation: Installation;
let copy: InstallationCopy;
let browsing: Browsing;
let stagers: Browsing;
let stager: Page;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  copy = await copyInstallation(installation, { server: testDatabaseServer() });
  browsing = await startBrowsing(installation.standIn);
  stagers = await startBrowsing(copy.standIn);
  stager = await stagers.admin();
});

afterEach(async () => {
  await expectNoPhpFaults(installation.database);
  expect([...browsing.faults(), ...stagers.faults()]).toEqual([]);
});

afterAll(async () => {
  await browsing?.close();
  await stagers?.close();
  await copy?.stop();
  await installation?.stop();
});

test('a copy asks what it is before it does anything, and stays off with secrets of its own', async () => {
  await stager.goto(addonPath('rules'));
  await stager.getByText('Was this WHMCS moved or copied?').waitFor();
  await stager.getByText(installation.database.name).waitFor();
  await stager.goto('admin/index.php');
  await stager.getByText('this WHMCS is at another place than before').waitFor();
  const people = createPeople(copy);
  const invoice = await people.deposit(ANNAS, '10.00');
  await people.pay(ANNAS, invoice, '10.00');
  await runWorker(copy.standIn);
  expect(await keptBy(copy.database)).toBeGreaterThan(0);
  expect(await deliveriesAbout(invoice)).toEqual([]);

  await stager.goto(addonPath('overview'));
  await stager.getByRole('button', { name: 'It is a copy: stay off' }).focus();
  await stager.keyboard.press('Enter');
  await stager.getByText('This copy stays off.').waitFor();
  await stager.getByText('Copy: off').waitFor();
  const [own, original] = await Promise.all([copy.database, installation.database].map(identity));
  expect(own?.state).toBe('copy');
  expect(own?.installation).not.toBe(original?.installation);
  expect(own?.secrets).not.toEqual(original?.secrets);

  const admin = await browsing.admin();
  await admin.goto(addonPath('overview'));
  await admin.getByText('Connected', { exact: true }).waitFor();
  await admin.getByText('Addon and service see the same database.').waitFor();
});

test('a copy that is turned on waits for a service of its own and never asks the original’s', async () => {
  await stager.getByRole('button', { name: 'Turn on for this copy' }).click();
  await stager.getByText('Set the URL of this copy').waitFor();
  await copy.standIn.activateAddon({ service_url: installation.service.url });
  await stager.goto(addonPath('connection'));
  await stager.getByRole('button', { name: 'Test the connection' }).click();
  await stager.getByRole('alert').getByText('the secrets differ').waitFor();
  expect((await identity(copy.database)).state).toBe('new');
});

test('a WHMCS that was moved goes on at its new address with what it kept meanwhile', async () => {
  const admin = await browsing.admin();
  const moved = installation.standIn.url.replace('127.0.0.1', 'localhost');
  await installation.database.query(
    "UPDATE tblconfiguration SET value = ? WHERE setting = 'SystemURL'",
    [moved],
  );
  await admin.goto(addonPath('overview'));
  await admin.getByText('Was this WHMCS moved or copied?').waitFor();
  const people = createPeople(installation);
  const invoice = await people.deposit(ANNAS, '12.00');
  await people.pay(ANNAS, invoice, '12.00');
  await installation.work();
  expect(await keptBy(installation.database)).toBeGreaterThan(0);
  expect(await deliveriesAbout(invoice)).toEqual([]);

  await admin.goto(addonPath('overview'));
  await admin.getByRole('button', { name: 'It was moved: go on here' }).click();
  await admin.getByText('Connected: addon and service see the same database').waitFor();
  await installation.work();
  expect(await keptBy(installation.database)).toBe(0);
  expect(await deliveriesAbout(invoice)).not.toEqual([]);
});

async function runWorker(standIn: StandIn): Promise<void> {
  const { code } = await standIn.php('modules/addons/creditbridge/worker.php', ['--once']);
  expect(code).toBe(0);
}

/** How many hooks the shim keeps and has not sent. */
async function keptBy({ query }: Pick<WhmcsDatabase, 'query'>): Promise<number> {
  const [row] = await query<{ n: number }>('SELECT COUNT(*) AS n FROM mod_creditbridge_spool');
  return Number(row?.n);
}

/** What the original's service was told about this invoice. */
const deliveriesAbout = (invoice: number) =>
  installation.database.query('SELECT type FROM mod_creditbridge_deliveries WHERE invoice_id = ?', [
    invoice,
  ]);

async function identity({ query }: Pick<WhmcsDatabase, 'query'>) {
  const [row] = await query<{ state: string; installation: string }>(
    'SELECT state, installation FROM mod_creditbridge_settings',
  );
  const secrets = await query('SELECT direction, secret FROM mod_creditbridge_secrets ORDER BY 1');
  return { state: row?.state, installation: row?.installation, secrets };
}
