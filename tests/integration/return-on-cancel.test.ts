import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient } from '../support/whmcs-rows.ts';

// Credit of invoices that are cancelled or stay unpaid: what the rule return-on-cancel gives back, and what stays without it.

const ADA = { kind: 'admin', adminId: 1 } as const;

let installation: Installation;
let people: People;
let credit: CreditAtWork;
let parts: Parts;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await waitForLedger(installation);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
});

beforeEach(async () => {
  await setMode('on');
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 40 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await installation.standIn.runCron();
    await installation.work();
  });

  test(
    'where nothing is proven of this version, an admin is told once what to do by hand, and nothing moves',
    shows('return-on-cancel', ['admin', 'run', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await forgetTrials();
      await setMode('on', { staleDays: '30' });
      const unpaid = await invoiceWithCredit();
      await credit.setDates(unpaid.invoice, { duedate: whmcsDay(day - 30) });
      await credit.run(day);
      await credit.run(day + 1);
      expect(await toldOf(unpaid.invoice)).toEqual([
        expect.stringContaining(
          `open invoice #${unpaid.invoice} and take 10.00 USD off with Credit → Remove.`,
        ),
      ]);
      expect(await balanceOf(installation.database, unpaid.client)).toBe('0.00');
      if (major === '8.x') return;

      const { client, invoice } = await invoiceWithCredit();
      await people.onInvoice(invoice, 'cancel');
      await settleLedger(installation);
      await hearAgain(invoice);
      expect(await toldOf(invoice)).toEqual([
        expect.stringContaining('Run the trial of returning credit under Connection'),
      ]);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
    },
  );

  test(
    'the cancelled invoice that kept its credit',
    shows('return-on-cancel', ['admin', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      if (major === '9.x') await tryReturning('keeps its credit');
      await setMode('off');
      const without = await invoiceWithCredit();
      await people.onInvoice(without.invoice, 'cancel');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, without.client)).toBe('0.00');

      await setMode('on');
      const withRule = await invoiceWithCredit();
      await people.onInvoice(withRule.invoice, 'cancel');
      await settleLedger(installation);
      await expectGrantWhole(withRule.client);
      await hearAgain(withRule.invoice);
      await hearAgain(withRule.invoice);
      await expectGrantWhole(withRule.client);
      expect(await toldOf(withRule.invoice)).toEqual([]);
    },
  );

  test(
    'a cancellation that no hook told, and one at which nothing could be done yet, are found by the sweep, once',
    shows('return-on-cancel', ['api'], ['8.x', '9.x']),
    async () => {
      await installation.standIn.setSwitch('update_invoice_cancel_hook', 'silent');
      const silent = await invoiceWithCredit();
      await installation.standIn.api('UpdateInvoice', {
        invoiceid: String(silent.invoice),
        status: 'Cancelled',
      });
      await freeze(silent.client);
      const early = await invoiceWithCredit();
      await freeze(early.client);
      await people.onInvoice(early.invoice, 'cancel');
      await settleLedger(installation);
      await installation.database.query('DELETE FROM mod_creditbridge_frozen_clients');
      await parts.reconciliation.lookAtAll();
      await settleLedger(installation);
      expect(await balanceOf(installation.database, silent.client)).toBe('0.00');
      expect(await balanceOf(installation.database, early.client)).toBe('0.00');

      await installation.database.query(
        "UPDATE mod_creditbridge_findings SET found_at = found_at - INTERVAL 1 HOUR WHERE kind = 'cancelled'",
      );
      for (let look = 0; look < 2; look++) {
        await parts.reconciliation.lookAtAll();
        await settleLedger(installation);
        await expectGrantWhole(silent.client);
        await expectGrantWhole(early.client);
      }
      await installation.standIn.setSwitch('update_invoice_cancel_hook', 'fires');
    },
  );

  test(
    'in observe it says what would come back, and for a frozen client nothing does',
    shows('return-on-cancel', ['observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('observe');
      const observed = await invoiceWithCredit();
      await people.onInvoice(observed.invoice, 'cancel');
      await settleLedger(installation);
      expect(await decisionAbout(observed.invoice)).toMatchObject({
        outcome: 'observed',
        amount: 1000,
      });
      expect(await balanceOf(installation.database, observed.client)).toBe('0.00');

      await setMode('on');
      const frozen = await invoiceWithCredit();
      await freeze(frozen.client);
      await people.onInvoice(frozen.invoice, 'cancel');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, frozen.client)).toBe('0.00');
      await installation.database.query('DELETE FROM mod_creditbridge_frozen_clients');
    },
  );

  test(
    'credit on an invoice that stays unpaid comes back after its days, once, and no other rule puts it there again',
    shows(
      ['return-on-cancel', 'auto-apply'],
      ['run', 'competing', 'on', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      await tryReturning('Credit can be taken off an unpaid invoice.');
      await setMode('on', { staleDays: '30' });
      await useCredit('on');
      const { client, invoice } = await invoiceWithCredit();
      await credit.setDates(invoice, { duedate: whmcsDay(day + 2 - 29) });
      await credit.run(day + 2);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
      await credit.run(day + 3);
      await expectGrantWhole(client);
      expect(await credit.openOf(invoice)).toBe('30.00');
      await credit.run(day + 4);
      await expectGrantWhole(client);

      // The rule that uses credit puts it where it is still wanted.
      const other = await people.invoice(client, '4.00');
      await credit.setDates(other, { duedate: whmcsDay(day + 5) });
      await credit.run(day + 5);
      expect(await credit.statusOf(other)).toBe('Paid');
      await useCredit('off');

      // An admin who puts it on again means it.
      await installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '6.00',
        noemail: 'true',
      });
      await settleLedger(installation);
      await credit.run(day + 6);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
    },
  );

  test('where WHMCS gives it back itself, nothing is doubled and nobody is told', async () => {
    await installation.standIn.setSwitch('cancel_returns_credit', 'yes');
    await tryReturning('gives its credit back by itself');
    const { client, invoice } = await invoiceWithCredit();
    await people.onInvoice(invoice, 'cancel');
    await settleLedger(installation);
    await hearAgain(invoice);
    await parts.reconciliation.lookAtAll();
    await settleLedger(installation);
    await expectGrantWhole(client);
    expect(await toldOf(invoice)).toEqual([]);
    await installation.standIn.setSwitch('cancel_returns_credit', 'no');
    await tryReturning('keeps its credit');
  });
});

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'return-on-cancel', {
    mode,
    inputs: { onCancelled: 'on', staleDays: '0', ...more },
  });
}

async function useCredit(mode: 'off' | 'on'): Promise<void> {
  await saveRule(installation.standIn, 'auto-apply', {
    mode,
    inputs: { onDueDate: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
}

/** A client whose 10.00, promotional until 2099, are on an invoice over 30.00. */
async function invoiceWithCredit() {
  const client = await addClient(installation.database.root);
  await parts.operations.propose(
    {
      kind: 'add',
      clientId: client,
      amount: '10.00',
      grantKind: 'promotional',
      startsOn: null,
      expiresOn: '2099-12-31',
      priority: 100,
      refundable: false,
      description: null,
    },
    { actor: ADA, reason: 'A gift', at: new Date() },
  );
  await settleLedger(installation);
  const invoice = await people.invoice(client, '30.00');
  await installation.standIn.api('ApplyCredit', {
    invoiceid: String(invoice),
    amount: '10.00',
    noemail: 'true',
  });
  await settleLedger(installation);
  expect(await balanceOf(installation.database, client)).toBe('0.00');
  return { client, invoice };
}

/** The grant is whole again, of the same kind and with the same last day, and there is no other. */
async function expectGrantWhole(client: number): Promise<void> {
  expect(await balanceOf(installation.database, client)).toBe('10.00');
  const grants = await grantsOf(installation.database, client);
  expect(grants).toMatchObject([{ kind: 'promotional', remaining: 1000, expiresOn: '2099-12-31' }]);
}

/** WHMCS tells the cancellation again. */
async function hearAgain(invoice: number): Promise<void> {
  const { results } = await parts.receiver.receive([
    hookItem('InvoiceCancelled', { invoiceid: invoice }),
  ]);
  expect(results).toMatchObject([{ outcome: 'accepted' }]);
  await settleLedger(installation);
}

async function freeze(client: number): Promise<void> {
  await installation.database.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
    [client],
  );
}

async function toldOf(invoice: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ? AND rule = 'return-on-cancel'",
    [invoice],
  );
  return rows.map(({ text }) => text);
}

async function decisionAbout(invoice: number) {
  const [row] = await installation.database.query<{ outcome: string; amount: number }>(
    `SELECT outcome, CAST(amount_hundredths AS SIGNED) AS amount FROM mod_creditbridge_decisions
     WHERE invoice_id = ? AND rule = 'return-on-cancel'`,
    [invoice],
  );
  return row;
}

/** The trial, as the admin starts it on the Connection page. */
async function tryReturning(shows: string): Promise<void> {
  const client = await addClient(installation.database.root);
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  const page = await postAct(admin, 'connection', 'trial-return', { client: String(client) });
  expect(page.body).toContain(shows);
}

async function forgetTrials(): Promise<void> {
  await installation.database.query('UPDATE mod_creditbridge_settings SET trial = NULL');
}
