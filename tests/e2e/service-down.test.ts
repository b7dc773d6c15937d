import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { creditOnInvoice } from '../support/look-at-credit.ts';
import { addonPath, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// What clients and admins see while the service is stopped, and what becomes of what happened meanwhile.

const { installation, browsing } = await walkInstallation({
  serviceEnv: { CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/provider') },
});

beforeAll(async () => {
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '50.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      description: 'Thank you',
    },
  });
  await saveRule(installation.standIn, 'no-orders-in-arrears', { mode: 'on', inputs: {} });
});

test('a rule refuses a checkout and says why; with the service down it is let through or refused, as the admin chose', async () => {
  const marco = await browsing.client('marco@example.com');
  expect(await order(marco)).toContain('Please pay invoice #909 first.');

  await installation.service.stop();
  expect(await order(marco)).toContain('Thank you for your order.');
  await installation.standIn.activateAddon({ veto_when_down: 'closed' });
  expect(await order(marco)).toMatch(/try again/i);

  await installation.standIn.activateAddon({ veto_when_down: 'open' });
  await installation.service.start();
  await testConnection(await browsing.admin());
  expect(await order(marco)).toContain('Please pay invoice #909 first.');
});

test('with the service stopped pages work and hooks are kept; when it is back nothing is lost and nothing happens twice', async () => {
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  await forgetLogs(installation.database);
  await installation.service.stop();
  const anna = await browsing.client('anna@example.com');
  await anna.goto('clientarea.php?action=addfunds');
  await anna.getByLabel('Amount to Add').fill('100.00');
  await anna.getByRole('button', { name: 'Add Funds' }).click();
  await anna.getByRole('link', { name: 'Pay Now' }).click();
  await anna.getByRole('button', { name: 'Pay', exact: true }).click();
  await anna.getByText('Your payment was received').waitFor();
  await anna.goto('index.php?m=creditbridge');
  await anna.getByText(/not available|unavailable|later/i).waitFor();
  expect(await order(anna, 'Do not use my credit')).toContain('Thank you for your order.');
  const invoice = await installation.standIn.api('CreateInvoice', {
    userid: '1',
    status: 'Unpaid',
    duedate: '2030-01-01',
    itemdescription1: 'Consulting',
    itemamount1: '30.00',
  });

  const kept = await ids('SELECT id FROM mod_creditbridge_spool');
  expect(kept.length).toBeGreaterThan(3);
  const admin = await browsing.admin();
  await admin.goto(addonPath('rules'));
  await admin.getByRole('alert').getByText('Service down').waitFor();
  await admin.getByText('Hooks are kept and sent later').waitFor();
  await admin.getByText(`${kept.length} waiting to be sent`).waitFor();
  expect(await moneyChanges(installation.database, { client: 1, what: 'credit_log' })).toEqual([
    { what: 'credit_log', client: 1, invoice: 0, before: null, after: '100.00' },
  ]);

  await installation.service.start();
  await testConnection(admin);
  await installation.work();
  expect(await ids('SELECT id FROM mod_creditbridge_spool')).toEqual([]);
  const delivered = await installation.database.query<{ id: string; duplicates: number }>(
    "SELECT id, duplicates FROM mod_creditbridge_deliveries WHERE id IN (?) AND outcome = 'accepted'",
    [kept],
  );
  expect(delivered.map(({ id }) => id).sort()).toEqual([...kept].sort());
  expect(delivered.every(({ duplicates }) => duplicates === 0)).toBe(true);
  expect(await moneyChanges(installation.database, { client: 1, what: 'credit_log' })).toEqual(
    ['100.00', '10.00', '-30.00'].map((after) => expect.objectContaining({ after })),
  );
  const paid = Number(invoice['invoiceid']);
  expect(
    await installation.database.query('SELECT status FROM tblinvoices WHERE id = ?', [paid]),
  ).toEqual([{ status: 'Paid' }]);
  expect(await creditOnInvoice(installation.database, paid)).toBe('30.00');
  await admin.goto(addonPath('overview'));
  await admin.getByText('Connected', { exact: true }).waitFor();
});

/** The admin need not wait for the next try. */
async function testConnection(admin: Page): Promise<void> {
  await admin.goto(addonPath('connection'));
  await admin.getByRole('button', { name: 'Test the connection' }).click();
  await admin.getByText('accept each other').waitFor();
}

/** Orders the cheapest product and answers what the page then says. */
async function order(page: Page, credit?: string): Promise<string> {
  await page.goto('cart.php?a=checkout&pid=1&billingcycle=Monthly');
  if (credit !== undefined) await page.getByLabel(credit).check();
  await page.getByRole('button', { name: 'Complete Order' }).click();
  return page.locator('.alert').first().innerText();
}

async function ids(sql: string): Promise<readonly string[]> {
  return (await installation.database.query<{ id: string }>(sql)).map(({ id }) => id);
}
