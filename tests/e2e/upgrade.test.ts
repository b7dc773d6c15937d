import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { createPeople } from '../support/people.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger } from '../support/settle-ledger.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// A living installation of 8.13 becomes 9.0: one story, walked in a browser.

const { installation, browsing } = await walkInstallation({ whmcs: '8.13' });
const people = createPeople(installation);
const BEN = { id: 2, email: 'ben@example.com' };
const LAURA = 12;
let admin: Page;
/** Partly paid with credit on 8.13, so its total is lower. */
let old: number;

beforeAll(async () => {
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', coverage: 'partial', mail: 'as-is' },
  });
  await settleLedger(installation);
  admin = await browsing.admin();
});

test('on 8.13 an admin tries how credit comes back, is told what stays, and gives some back', async () => {
  await admin.goto(addonPath('connection'));
  await admin.getByText('A trial is wanted.').waitFor();
  await admin.getByText('What stays:').first().waitFor();
  await tryReturning();
  await admin.getByText('Credit can be taken off an unpaid invoice.').first().waitFor();
  expect(await admin.getByText('A trial is wanted.').count()).toBe(0);

  old = await people.invoice(BEN.id, '80.00');
  await settleLedger(installation);
  expect(await figures(old)).toEqual({ status: 'Unpaid', credit: '50.00', total: '30.00' });
  await admin.goto(addonPath(`invoice&id=${old}`));
  await admin.getByLabel('Amount').fill('20,00');
  await admin.getByLabel('Reason').fill('Ben wants to keep some');
  await admin.getByRole('button', { name: 'Give it back' }).click();
  await admin.getByText('WHMCS was asked to do it.').waitFor();
  await settleLedger(installation);
  expect(await figures(old)).toEqual({ status: 'Unpaid', credit: '30.00', total: '50.00' });
  expect(await creditOf(BEN.id)).toBe('20.00');
});

test('after the upgrade trials are asked for again, and what rests on them is off meanwhile', async () => {
  await installation.standIn.setSwitch('ledger', '9.x');
  await admin.goto('admin/index.php');
  await admin.getByText('the trials on the Connection page were taken with 8.13.1').waitFor();
  await admin.goto(addonPath('connection'));
  await admin.getByText('A trial is wanted.').waitFor();
  await admin
    .getByText('numbered credit and debit notes, which nobody can delete')
    .first()
    .waitFor();
  await admin.goto(addonPath(`invoice&id=${old}`));
  await admin
    .getByText(`open invoice #${old} and take $30.00 USD off with Credit → Remove.`)
    .waitFor();
  expect(await admin.getByRole('button', { name: 'Give it back' }).count()).toBe(0);
});

test('nothing is decided on the old arithmetic, and the ledger goes on without drift', async () => {
  await grantAgain(installation.database);
  // Ben's 20.00 go on a new invoice as a note; its total stays.
  const fresh = await people.invoice(BEN.id, '45.00');
  await settleLedger(installation);
  expect(await figures(fresh)).toEqual({ status: 'Unpaid', credit: '0.00', total: '45.00' });
  await admin.goto(addonPath(`invoice&id=${fresh}`));
  await admin.getByText(/credit note #\d+/).waitFor();

  // The rest of both is paid in money: what is open differs by how each was made.
  await people.pay(BEN.email, fresh, '25.00');
  await people.pay(BEN.email, old, '50.00');
  await settleLedger(installation);
  expect([(await figures(fresh))?.status, (await figures(old))?.status]).toEqual(['Paid', 'Paid']);
  await people.onInvoice(await people.invoice(LAURA, '9.00'), 'cancel');
  await installation.standIn.runCron({ force: true });
  await settleLedger(installation);
  await people.pay(BEN.email, await people.deposit(BEN.email, '60.00'), '60.00');
  await settleLedger(installation);

  await installation.service.cli('reconcile');
  await settleLedger(installation);
  expect(await creditOf(BEN.id)).toBe('60.00');
  await expectCoherentLedger(installation.database, { caughtUp: true });
  expect(await installation.database.query('SELECT * FROM mod_creditbridge_drifts')).toEqual([]);
  expect(
    await installation.database.query(
      "SELECT kind, text FROM mod_creditbridge_findings WHERE outcome = 'open'",
    ),
  ).toEqual([]);
});

test('once tried again on 9.0, credit leaves an unpaid invoice there too', async () => {
  await admin.goto(addonPath('connection'));
  await tryReturning();
  await admin.getByText('In the books stay: the cancelled invoice').first().waitFor();
  const invoice = await people.invoice(BEN.id, '100.00');
  await settleLedger(installation);
  expect(await creditOf(BEN.id)).toBe('0.00');
  await admin.goto(addonPath(`invoice&id=${invoice}`));
  await admin.getByLabel('Reason').fill('Taken off again');
  await admin.getByRole('button', { name: 'Give it back' }).click();
  await admin.getByText('WHMCS was asked to do it.').waitFor();
  await settleLedger(installation);
  expect(await creditOf(BEN.id)).toBe('60.00');
  await expectCoherentLedger(installation.database, { caughtUp: true });
  await admin.goto(addonPath('overview'));
  expect(browsing.faults()).toEqual([]);
});

async function tryReturning(): Promise<void> {
  await admin.getByLabel('Client of this trial').fill(String(LAURA));
  await admin.getByRole('button', { name: 'Try how credit comes back' }).click();
  await admin.getByText('The trial is over.').waitFor();
}

async function figures(invoice: number) {
  const [row] = await installation.database.query<{
    status: string;
    credit: string;
    total: string;
  }>('SELECT status, credit, total FROM tblinvoices WHERE id = ?', [invoice]);
  return row;
}

async function creditOf(client: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ credit: string }>(
    'SELECT credit FROM tblclients WHERE id = ?',
    [client],
  );
  return row?.credit;
}
