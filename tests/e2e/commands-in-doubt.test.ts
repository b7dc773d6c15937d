import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { createPeople } from '../support/people.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// Commands whose process died between two writes of WHMCS: how an admin finds out what was done, and says it.

const BEN = 2;

// Without a doorbell: only the worker takes the command at which it is to die. WHMCS 9 makes other writes.
const { installation, browsing } = await walkInstallation({
  serviceEnv: { CREDITBRIDGE_WHMCS_URL: '' },
  whmcs: '8.13',
});
const people = createPeople(installation);
let admin: Page;

beforeAll(async () => {
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: {
      atCreation: 'on',
      onDueDate: 'on',
      dueOffsetDays: '0',
      coverage: 'partial',
      mail: 'as-is',
    },
  });
  admin = await browsing.admin();
});

test('a command that was cut off is found from the overview, and its row of the credit log settles it as done', async () => {
  const invoice = await cutOff('10.00', 'ApplyCredit:3');
  await findInDoubt('Apply $10.00 USD');
  await admin.getByText('nobody knows for certain').waitFor();
  const now = admin.getByRole('table', { name: 'Before and now' });
  expect(await now.getByRole('row', { name: /^Balance/ }).innerText()).toMatch(
    /\$50\.00 USD\s+\$40\.00 USD\s+changed/,
  );
  // It died before the invoice became Paid: nobody would send the reminder, or provision what is paid for.
  const part = `but invoice #${invoice} is not Paid`;
  await admin.getByRole('alert').filter({ hasText: part }).waitFor();
  const page = admin.url();
  await admin.getByRole('button', { name: 'It was done', exact: true }).click();
  await admin.getByText('Nothing was noted, because WHMCS shows otherwise').waitFor();
  await installation.service.stop();
  await admin.goto(addonPath('connection'));
  await admin.getByRole('alert').filter({ hasText: 'Only part of it happened' }).waitFor();
  await admin.getByRole('button', { name: 'It was not done' }).click();
  await admin.getByText(`10.00 stand as credit on invoice ${invoice}`).first().waitFor();
  expect(await commandOf(invoice)).toEqual([{ state: 'unknown', hasRow: 1 }]);
  await installation.service.start();
  await installation.database.query("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", [
    invoice,
  ]);
  await admin.goto(page);
  await admin.getByText('All of it is there').waitFor();
  const row = admin.getByLabel('The row that shows it');
  const options = await row.locator('option').allInnerTexts();
  const shows = options.find((option) => option.includes(`#${invoice}`)) ?? '';
  expect(shows).toContain('-$10.00 USD');
  await row.selectOption({ label: shows });
  await admin.getByRole('button', { name: 'It was done', exact: true }).click();
  await admin.getByText('Noted as done.').waitFor();
  expect(await commandOf(invoice)).toEqual([{ state: 'done', hasRow: 1 }]);
  await admin.goto(addonPath('overview'));
  await admin.getByText('None waiting.').waitFor();
});

test('what was not done is put back by hand and said so, and the client’s credit is used again', async () => {
  const invoice = await cutOff('15.00', 'ApplyCredit:1');
  await findInDoubt('Apply $15.00 USD');
  await admin.getByText('No row: WHMCS logged no movement').waitFor();
  await admin
    .getByRole('alert')
    .filter({
      hasText: 'Only part of it happened: $15.00 USD left the balance; but the credit log',
    })
    .waitFor();
  await admin.getByRole('link', { name: `Client #${BEN}` }).click();
  await admin.getByText('Held for commands').waitFor();
  await admin.goBack();

  const command = admin.url();
  await admin.goto(`admin/clientsprofile.php?userid=${BEN}`);
  await admin.locator('[name="credit"]').fill('40.00');
  await admin.locator('[name="credit"]').press('Enter');
  await admin.goto(command);
  await expect
    .poll(() => admin.getByRole('table', { name: 'Before and now' }).innerText())
    .not.toContain('changed');
  await admin.getByText('Nothing of it is there').waitFor();
  await admin.getByRole('button', { name: 'It was not done' }).focus();
  await admin.keyboard.press('Enter');
  await admin.getByText('Its rule may propose it again').waitFor();
  expect(await commandOf(invoice)).toEqual([{ state: 'stale', hasRow: 0 }]);

  const next = await people.invoice(BEN, '5.00');
  await installation.work();
  expect(await commandOf(next)).toEqual([{ state: 'done', hasRow: 1 }]);
});

/** An invoice for Ben whose credit's worker dies after this write of WHMCS's; its command is left in doubt. */
async function cutOff(amount: string, write: string): Promise<number> {
  await press('Freeze everything');
  const invoice = await people.invoice(BEN, amount);
  await installation.work();
  expect(await commandOf(invoice)).toEqual([{ state: 'open', hasRow: 0 }]);
  await press('Unfreeze');
  await installation.standIn.setSwitch('die_after_statement', write);
  await expect(installation.work()).rejects.toThrow('worker.php');
  // As if the dead worker's leases were over, which takes a minute.
  await installation.database.query(
    "UPDATE mod_creditbridge_leases SET until = '2000-01-01' WHERE until IS NOT NULL",
  );
  await installation.database.query(
    "UPDATE mod_creditbridge_commands SET lease_until = '2000-01-01' WHERE state = 'running'",
  );
  await installation.work();
  expect((await commandOf(invoice)).map(({ state }) => state)).toEqual(['unknown']);
  return invoice;
}

async function press(name: string): Promise<void> {
  await admin.goto(addonPath('connection'));
  await admin.getByRole('button', { name, exact: true }).click();
  await admin.locator('.cb-flash.cb-good').waitFor();
}

async function findInDoubt(title: string): Promise<void> {
  await admin.goto(addonPath('overview'));
  await admin.getByText('The outcome of 1 is not known.').waitFor();
  await admin.getByRole('link', { name: 'Commands in doubt' }).click();
  await admin.getByRole('link', { name: title }).click();
  await admin.getByRole('heading', { name: 'Was it done?' }).waitFor();
}

async function commandOf(invoice: number) {
  const rows = await installation.database.query<{ state: string; hasRow: number }>(
    `SELECT state, credit_log_id IS NOT NULL AS hasRow FROM mod_creditbridge_commands
     WHERE invoice_id = ? AND action = 'ApplyCredit' ORDER BY created_at`,
    [invoice],
  );
  return rows.map(({ state, hasRow }) => ({ state, hasRow: Number(hasRow) }));
}
