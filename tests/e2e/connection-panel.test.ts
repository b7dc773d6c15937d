import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { pressEnter } from '../support/press-enter.ts';
import { addonPath } from '../support/save-rule.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// What an admin can do on the connection panel while the service is stopped.

const { installation, browsing } = await walkInstallation();
let admin: Page;

beforeAll(async () => {
  admin = await browsing.admin();
  await installation.service.stop();
});

test('a client is frozen with a reason, and thawed', async () => {
  await admin.goto(addonPath('connection'));
  await admin.getByLabel('Client', { exact: true }).fill('2');
  await admin.getByLabel('Reason, if there is time').fill('Chargeback <under> way');
  await admin.getByRole('button', { name: 'Freeze client' }).click();
  await admin.getByText('Client 2 is frozen').waitFor();
  await admin.getByText('Chargeback <under> way').waitFor();
  const frozen = await installation.database.query(
    'SELECT client_id, frozen_by FROM mod_creditbridge_frozen_clients',
  );
  expect(frozen).toEqual([{ client_id: 2, frozen_by: 'admin:1' }]);

  await admin.getByText('No command waits.').waitFor();
  await admin.getByLabel('Why it can go on').fill('Settled');
  await admin.getByRole('button', { name: 'Unfreeze' }).click();
  await admin.getByText('Commands run again for client 2').waitFor();
});

test('a command in doubt is settled by the row of the credit log that shows it', async () => {
  const [row] = await installation.database.query<{ id: number }>(
    'SELECT MAX(id) AS id FROM tblcredit WHERE clientid = 2',
  );
  const [amount] = await installation.database.query<{ amount: string }>(
    'SELECT amount FROM tblcredit WHERE id = ?',
    [row?.id],
  );
  await installation.database.query(
    `INSERT INTO mod_creditbridge_commands
      (id, fact, live_fact, client_id, action, parameters, expects, rule, state, reason, witnesses, created_at)
     VALUES ('01900000-0000-7000-8000-000000000001', 'test:doubt', 'test:doubt', 2, 'AddCredit', ?, '{}', 'test',
      'unknown', 'The balance changed, but no row carries the marker.', '{"creditId":0}', UTC_TIMESTAMP(6))`,
    [
      JSON.stringify({
        clientid: 2,
        description: 'Bonus',
        amount: amount?.amount.replace('-', ''),
        type: amount?.amount.startsWith('-') === true ? 'remove' : 'add',
      }),
    ],
  );
  await admin.goto(addonPath('connection'));
  await admin.getByText('AddCredit, client 2').waitFor();
  const { sentByEnter, withOtherButtons, sentByButton } = await pressEnter(admin);
  expect({ sentByEnter, withOtherButtons }).toEqual({ sentByEnter: [], withOtherButtons: [] });
  expect(sentByButton).toEqual(expect.arrayContaining(['settle-done', 'freeze-client']));
  await admin.reload();
  await admin.getByLabel('Row of the credit log that shows it').fill('99999999');
  await admin.getByRole('button', { name: 'It was done' }).click();
  await admin.getByText('The credit log has no row 99999999.').waitFor();

  await admin.getByLabel('Row of the credit log that shows it').fill(String(row?.id));
  await admin.getByRole('button', { name: 'It was done' }).click();
  await admin.getByText('Noted as done.').waitFor();
  expect(
    await installation.database.query(
      "SELECT state, credit_log_id FROM mod_creditbridge_commands WHERE fact = 'test:doubt'",
    ),
  ).toEqual([{ state: 'done', credit_log_id: row?.id }]);
});

test('a database that went back asks what it was on every page, and takes the answer', async () => {
  await installation.database.query(
    `UPDATE mod_creditbridge_settings SET halted = 'restored',
      halted_reason = 'The credit log ends at row 40; the ledger has read up to row 57.' WHERE id = 1`,
  );
  await admin.goto(addonPath('rules'));
  await admin.getByText('Was this database restored from a backup?').waitFor();
  await admin.getByText('the ledger has read up to row 57').waitFor();
  await admin.getByRole('button', { name: 'Nothing was restored: continue' }).click();
  await admin.getByText('The service continues as soon as it has read your answer').waitFor();
  expect(await installation.database.query('SELECT halted FROM mod_creditbridge_settings')).toEqual(
    [{ halted: 'continue' }],
  );
});
