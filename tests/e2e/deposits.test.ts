import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { reloadUntil } from '../support/reload-until.ts';
import { shows } from '../support/rule-paths.ts';
import { addonPath, saveRule } from '../support/save-rule.ts';
import { waitForLedger } from '../support/settle-ledger.ts';
import { forgetLogs, moneyChanges } from '../support/stand-in-log.ts';
import { walkInstallation } from '../support/walk-installation.ts';

// Deposits by clicking: the bonus and the limits, judged by the triggers of the stand-in's database.

const RESELLERS = 1;

const { installation, browsing } = await walkInstallation({ whmcs: '8.13' });

beforeAll(async () => {
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode: 'on',
    inputs: {
      'tiers/0/from/1': '50.00',
      'tiers/0/from/2': '50.00',
      'tiers/0/percent': '10',
      period: 'calendar-month',
      periodDays: '30',
      description: 'Thank you for your deposit',
    },
  });
  // What comes before the ledger follows the log is credit from before.
  await waitForLedger(installation);
});

beforeEach(() => forgetLogs(installation.database));

test(
  'a deposit paid by card earns its bonus once, whatever is repeated afterwards',
  shows('deposit-bonus', ['client-form', 'admin', 'on', 'second-delivery'], ['8.x']),
  async () => {
    const anna = await browsing.client('anna@example.com');
    const deposit = await addFunds(anna, '100.00');
    expect(await bonuses(1)).toEqual([]);
    await pay(anna, 'Pay, and repeat the callback');
    await installation.work();

    await anna.goto('clientarea.php');
    expect(await anna.locator('#creditbalance').innerText()).toBe('$110.00 USD');
    expect(await moneyChanges(installation.database, { client: 1 })).toMatchObject([
      { what: 'invoice_credit' },
      { what: 'invoice_total' },
      { what: 'invoice_status', after: 'Unpaid' },
      { what: 'invoice_total', after: '100.00' },
      { what: 'payment', invoice: deposit, after: '100.00' },
      { what: 'invoice_status', invoice: deposit, after: 'Paid' },
      { what: 'balance', before: '0.00', after: '100.00' },
      { what: 'credit_log', after: '100.00' },
      { what: 'balance', before: '100.00', after: '110.00' },
      { what: 'credit_log', after: '10.00' },
    ]);

    const [admin, second] = [await browsing.admin(), await browsing.admin('second')];
    await forgetLogs(installation.database);
    for (const one of [admin, second]) {
      for (const button of ['Mark Unpaid', 'Mark Paid']) {
        await one.goto(`admin/invoices.php?action=edit&id=${deposit}`);
        await one.getByRole('button', { name: button }).click();
        await one.getByText('Done.').waitFor();
        await installation.work();
      }
    }
    // WHMCS itself books the deposit again when an admin says so; the bonus does not follow.
    expect(await moneyChanges(installation.database, { client: 1, what: 'credit_log' })).toEqual([
      { what: 'credit_log', client: 1, invoice: 0, before: null, after: '100.00' },
      { what: 'credit_log', client: 1, invoice: 0, before: null, after: '100.00' },
    ]);
    expect(await bonuses(1)).toEqual(['10.00']);

    await reloadUntil(anna, 'index.php?m=creditbridge', 'A bonus for the deposit of invoice #');
  },
);

test('the addon page tells the admin why the bonus was as large as it was', async () => {
  const admin = await browsing.admin();
  await admin.goto(addonPath('decisions'));
  await admin
    .getByRole('row', { name: /Bonus on deposits.*Acted/s })
    .getByRole('link')
    .first()
    .click();
  await admin.getByRole('heading', { name: 'Why this much?' }).waitFor();
  expect(await admin.locator('.cb-words').innerText()).toMatch(
    /received for deposit #\d+ earns 10 %/,
  );
});

test(
  'a deposit paid with credit earns nothing',
  shows('deposit-bonus', ['client-form'], ['8.x']),
  async () => {
    const clara = await browsing.client('clara@example.com');
    const deposit = await addFunds(clara, '60.00');
    await clara.getByRole('button', { name: 'Apply Credit' }).click();
    await clara.getByText('Credit applied.').waitFor();
    await installation.work();
    expect(await clara.locator('#invoicestatus').innerText()).toMatch(/paid/i);
    expect(await bonuses(3)).toEqual([]);
    expect(
      await installation.database.query(
        'SELECT outcome, reason FROM mod_creditbridge_decisions WHERE invoice_id = ?',
        [deposit],
      ),
    ).toEqual([{ outcome: 'skipped', reason: 'No money was received for this deposit.' }]);
  },
);

test(
  'a deposit paid inside a mass payment earns its bonus once',
  shows('deposit-bonus', ['mass-payment'], ['8.x']),
  async () => {
    const rosa = await browsing.client('rosa@example.com');
    const deposit = await addFunds(rosa, '80.00');
    await rosa.goto('clientarea.php?action=masspay');
    expect(await rosa.locator(`input[value="${deposit}"]`).isChecked()).toBe(true);
    await rosa.getByRole('button', { name: 'Make Payment' }).click();
    await pay(rosa, 'Pay');
    await installation.work();
    expect(await statusOf(deposit)).toBe('Paid');
    expect(await statusOf(913)).toBe('Paid');
    expect(await bonuses(18)).toEqual(['8.00']);
  },
);

test(
  'the add-funds page shows each client the limits that count for them',
  shows('deposit-limits', ['client-form', 'on'], ['8.x']),
  async () => {
    await saveRule(installation.standIn, 'deposit-limits', {
      mode: 'on',
      group: RESELLERS,
      inputs: {
        'minimum/2': '20.00',
        'maximum/2': '200.00',
        'maximumBalance/2': '500.00',
        cancelling: 'always',
        mailSubject: 'Deposit refused',
        mailText: 'Invoice #{invoice} is void. {reason}',
      },
    });
    const shown = async (email: string) => {
      const page = await browsing.client(email);
      await page.goto('clientarea.php?action=addfunds');
      return Promise.all(
        ['minimumamount', 'maximumamount', 'maximumbalance'].map((id) =>
          page.locator(`#${id}`).innerText(),
        ),
      );
    };
    // Clara is a reseller; for Ella, in the same currency, WHMCS's own limits stand.
    expect(await shown('clara@example.com')).toEqual(['20,00 €', '200,00 €', '500,00 €']);
    expect(await shown('ella@example.com')).toEqual(['9,20 €', '460,00 €', '920,00 €']);
  },
);

test(
  'a deposit outside the limits is cancelled as it is made, and mail and invoice page of 8.x, which has no header output, tell the client why',
  shows('deposit-limits', ['client-form', 'on'], ['8.x']),
  async () => {
    const clara = await browsing.client('clara@example.com');
    const deposit = await addFunds(clara, '250.00');
    expect(await clara.locator('#invoicestatus').innerText()).toMatch(/cancelled/i);
    const reason = 'The largest deposit is 200.00 EUR; this one is 250.00 EUR.';
    expect(await clara.locator('#invoicenotes').innerText()).toContain(reason);
    await installation.work();
    expect(await mailsTo(3, 'Deposit refused')).toEqual([
      `<p>Invoice #${deposit} is void. ${reason}</p>`,
    ]);
    expect(await statusOf(deposit)).toBe('Cancelled');

    const fitting = await addFunds(clara, '20.00');
    await installation.work();
    expect(await statusOf(fitting)).toBe('Unpaid');
    expect(await clara.locator('#invoicenotes').count()).toBe(0);
    expect(await mailsTo(3, 'Deposit refused')).toHaveLength(1);
  },
);

test(
  'on 9.x the invoice page tells the client in its own alert why a deposit was cancelled',
  shows('deposit-limits', ['client-form', 'on'], ['9.x']),
  async () => {
    await installation.standIn.setSwitch('ledger', '9.x');
    try {
      const clara = await browsing.client('clara@example.com');
      await addFunds(clara, '260.00');
      expect(await clara.locator('#invoicestatus').innerText()).toMatch(/cancelled/i);
      expect(await clara.locator('#customalert').innerText()).toContain(
        'The largest deposit is 200.00 EUR; this one is 260.00 EUR.',
      );
      expect(await clara.locator('#invoicenotes').count()).toBe(0);
      await installation.work();
    } finally {
      await installation.standIn.setSwitch('ledger', '8.x');
    }
  },
);

test(
  'a deposit outside the limits on which a payment was attempted is only shown to the admins',
  shows('deposit-limits', ['client-form'], ['8.x']),
  async () => {
    await installation.service.stop();
    const clara = await browsing.client('clara@example.com');
    const deposit = await addFunds(clara, '10.00');
    await clara.getByRole('link', { name: 'Pay Now' }).click();
    await clara.getByRole('button', { name: 'Decline' }).click();
    await clara.getByText('The payment was declined.').waitFor();

    await installation.service.start();
    const admin = await browsing.admin();
    await admin.goto(addonPath('connection'));
    await admin.getByRole('button', { name: 'Test the connection' }).click();
    await admin.getByText('accept each other').waitFor();
    await installation.work();
    expect(await statusOf(deposit)).toBe('Unpaid');
    expect(await mailsTo(3, 'Deposit refused')).toHaveLength(2);
    await admin.goto(addonPath('overview'));
    await admin
      .getByText(`Deposit invoice #${deposit} breaks a limit and was not cancelled`)
      .waitFor();
  },
);

/** Fills the form in and ends up on the deposit's invoice, whose id it answers. */
async function addFunds(page: Page, amount: string): Promise<number> {
  await page.goto('clientarea.php?action=addfunds');
  await page.getByLabel('Amount to Add').fill(amount);
  await page.getByLabel('Payment Method').selectOption('standincard');
  await page.getByRole('button', { name: 'Add Funds' }).click();
  await page.waitForURL(/viewinvoice\.php\?id=\d+/);
  return Number(new URL(page.url()).searchParams.get('id'));
}

/** From the invoice's page through that of the test gateway and back. */
async function pay(page: Page, how: 'Pay' | 'Pay, and repeat the callback'): Promise<void> {
  await page.getByRole('link', { name: 'Pay Now' }).click();
  await page.getByRole('button', { name: how, exact: true }).click();
  await page.waitForURL(/viewinvoice/);
  await page.getByText('Your payment was received').waitFor();
}

/** What WHMCS's own log says was given as a bonus. */
async function bonuses(client: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ amount: string }>(
    "SELECT amount FROM tblcredit WHERE clientid = ? AND description LIKE 'Thank you for your deposit%'",
    [client],
  );
  return rows.map(({ amount }) => amount);
}

async function statusOf(invoice: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ status: string }>(
    'SELECT status FROM tblinvoices WHERE id = ?',
    [invoice],
  );
  return row?.status;
}

async function mailsTo(client: number, subject: string): Promise<readonly string[]> {
  const rows = await installation.database.query<{ message: string }>(
    'SELECT message FROM tblemails WHERE userid = ? AND subject = ? ORDER BY id',
    [client, subject],
  );
  return rows.map(({ message }) => message);
}
