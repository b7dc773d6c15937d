import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { reloadUntil } from '../support/reload-until.ts';
import { addonPath } from '../support/save-rule.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// What admins do by hand about a client's credit, click by click: with a second admin, and when WHMCS and the ledger differ.

const ANNA = 1;
const BEN = 2;

const { installation, browsing } = await walkInstallation();
let admin: Page;
let second: Page;

beforeAll(async () => {
  admin = await browsing.admin();
  second = await browsing.admin('second');
});

test('credit above the approval amount waits for a second admin, who finds it on the overview and approves it', async () => {
  await admin.goto(addonPath('ledger-settings'));
  await admin.getByLabel('USD', { exact: true }).fill('50.00');
  await admin.locator('#amounts-reason').fill('Four eyes above fifty');
  await admin.getByRole('button', { name: 'Save approval amounts' }).click();
  await admin.getByText('It applies from now on.').waitFor();

  await admin.getByRole('link', { name: 'Clients', exact: true }).last().click();
  await admin.getByLabel('Client id').fill(String(ANNA));
  await admin.getByRole('button', { name: 'Open' }).click();
  await admin.getByRole('link', { name: 'Add', exact: true }).click();
  await admin.getByLabel('Amount').fill('75');
  await admin.getByLabel('Why').fill('Three days without mail');
  await admin.getByLabel('Why').press('Tab');
  await admin.keyboard.press('Enter');
  await admin.getByText('it waits under Approvals').waitFor();
  await admin.getByText('You proposed it, so another admin has to approve it.').waitFor();
  expect(await admin.getByRole('button', { name: 'Approve' }).count()).toBe(0);
  await installation.work();
  expect(await balanceOf(ANNA)).toBe('0.00');

  await second.goto(addonPath('overview'));
  await second.getByRole('link', { name: 'To the approvals' }).click();
  await second.getByText('Three days without mail').waitFor();
  await second.getByRole('button', { name: 'Approve' }).click();
  await second.getByText('Approved. WHMCS is asked to do it now.').waitFor();
  await installation.work();
  expect(await balanceOf(ANNA)).toBe('75.00');

  const said = await reloadUntil(admin, addonPath(`client/${ANNA}`), '+$75.00 USD');
  expect(said).toContain('Credit added by hand');
  expect(said).toContain('Three days without mail');
});

test('a balance overwritten in WHMCS is shown beside the ledger’s, and accepted with a reason', async () => {
  await reloadUntil(admin, addonPath(`drifts/${BEN}`), 'They agree');
  await admin.goto(`admin/clientsprofile.php?userid=${BEN}`);
  await admin.locator('[name="credit"]').fill('65.00');
  await admin.locator('[name="credit"]').press('Enter');
  await expect.poll(() => balanceOf(BEN)).toBe('65.00');

  await reloadUntil(admin, addonPath(`drifts/${BEN}`), '+$15.00 USD');
  await admin.getByLabel('What this credit is').selectOption({ label: 'Promotional' });
  await admin.getByLabel('Reason').first().fill('Promised on the telephone');
  await admin.getByRole('button', { name: 'Accept $15.00 USD' }).click();
  await admin.getByText('The ledger now has WHMCS’s balance.').waitFor();
  await admin.getByText('They agree').waitFor();
  expect(await balanceOf(BEN)).toBe('65.00');

  const said = await reloadUntil(admin, addonPath(`client/${BEN}`), '+$15.00 USD');
  expect(said).toContain('Promised on the telephone');
});

async function balanceOf(clientId: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [clientId],
  );
  return row?.credit;
}
