import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { copyTables } from '../support/copy-tables.ts';
import { createPeople } from '../support/people.ts';
import { reloadUntil } from '../support/reload-until.ts';
import { addonPath } from '../support/save-rule.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// A backup of WHMCS's database is put back while the service is stopped: what admins and clients see, and both ways on.

const ANNA = 1;
const ANNAS = 'anna@example.com';

const { installation, browsing } = await walkInstallation();
const people = createPeople(installation);
let admin: Page;

beforeAll(async () => {
  admin = await browsing.admin();
  await depositFor(ANNAS, '20.00');
});

test('a restored backup stops everything, says so wherever an admin looks, and is adopted anew', async () => {
  await reloadUntil(admin, addonPath(`client/${ANNA}`), '+$20.00 USD');
  await restoreBackupAfter('30.00');
  await admin.goto('admin/index.php');
  await admin.getByText('the database seems to be restored').waitFor();
  await admin.getByRole('link', { name: 'Open Credit Bridge' }).click();
  await admin.getByText('Was this database restored from a backup?').waitFor();
  await admin.getByText('Halted: was the database restored?').waitFor();

  const anna = await browsing.client(ANNAS);
  await anna.goto('index.php?m=creditbridge');
  await anna.getByText('Your credit is safe').waitFor();

  await admin.getByRole('button', { name: 'It was restored: adopt anew' }).focus();
  await admin.keyboard.press('Enter');
  await admin.getByText('Noted: unsettled commands and unsent hooks are dropped').waitFor();
  const said = await reloadUntil(admin, addonPath(`client/${ANNA}`), '+$20.00 USD');
  expect(said).not.toContain('$30.00 USD');
  await depositFor(ANNAS, '15.00');
  await reloadUntil(admin, addonPath(`client/${ANNA}`), '+$15.00 USD');
  await anna.goto('index.php?m=creditbridge');
  await anna.getByText('$35.00 USD').waitFor();
});

test('when nothing was restored, work goes on with what is there', async () => {
  await restoreBackupAfter('17.00');
  await reloadUntil(admin, addonPath('rules'), 'Was this database restored from a backup?');
  await admin.getByRole('button', { name: 'Nothing was restored: continue' }).click();
  await admin.getByText('the ledger records what it finds as changes by hand').waitFor();
  await reloadUntil(admin, addonPath(`client/${ANNA}`), '$35.00 USD');
  await depositFor(ANNAS, '12.00');
  await reloadUntil(admin, addonPath(`client/${ANNA}`), '+$12.00 USD');
});

/** Makes a backup, lets Anna deposit more, and puts the backup back as an operator does: with the service stopped. */
async function restoreBackupAfter(amount: string): Promise<void> {
  const backup = await copyTables(installation.database);
  await depositFor(ANNAS, amount);
  await reloadUntil(admin, addonPath(`client/${ANNA}`), `+$${amount} USD`);
  await installation.service.stop();
  await backup.restore();
  await installation.service.start();
  await expect
    .poll(() => installation.database.query('SELECT halted FROM mod_creditbridge_settings'))
    .toEqual([{ halted: 'restored' }]);
}

async function depositFor(email: string, amount: string): Promise<void> {
  const invoice = await people.deposit(email, amount);
  await people.pay(email, invoice, amount);
  await installation.work();
}
