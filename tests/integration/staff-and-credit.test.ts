import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { addonPath, postAct, saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// What people do by hand about credit on an invoice, and what the rules make of it (whmcs.md §2.4).

let installation: Installation;
let people: People;
let credit: CreditAtWork;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: {
      atCreation: 'on',
      onDueDate: 'on',
      whenCreditArrives: 'on',
      dueOffsetDays: '0',
      coverage: 'partial',
      mail: 'as-is',
    },
  });
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

const STAFF = { id: 1, email: 'anna@example.com' };
const CLIENT = { id: 9, email: 'ivan@example.com' };
const REST = { id: 20, email: 'tara@example.com' };
const RETURN = { id: 17, email: 'quentin@example.com' };

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 3 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
  });

  test('credit that staff took off an invoice stays off it, until an admin allows it there', async () => {
    await credit.takeAll(STAFF.id);
    await credit.give(STAFF.id, '15.00');
    const invoice = await people.invoice(STAFF.id, '20.00');
    await settleLedger(installation);
    expect(await credit.openOf(invoice)).toBe('5.00');

    // A part, and then the rest of it.
    await people.onInvoice(invoice, 'removecredit', { amount: '5.00' });
    await settleLedger(installation);
    expect(await credit.openOf(invoice)).toBe('10.00');
    await people.onInvoice(invoice, 'removecredit', { amount: '10.00' });
    await settleLedger(installation);
    expect(await credit.openOf(invoice)).toBe('20.00');
    expect(await balanceOf(installation.database, STAFF.id)).toBe('15.00');

    // Credit that arrives, a hook about it, and the daily run on its due date leave it alone; another invoice gets credit.
    await credit.give(STAFF.id, '1.00');
    const other = await people.invoice(STAFF.id, '2.00');
    await settleLedger(installation);
    expect(await credit.statusOf(other)).toBe('Paid');
    await runOn(day, invoice);
    expect(await credit.openOf(invoice)).toBe('20.00');
    expect(await balanceOf(installation.database, STAFF.id)).toBe('14.00');

    const told = await explained(invoice);
    expect(told).toContain('Credit stays off it, because some was taken off by hand (entry ');
    expect(told).toContain(
      'Credit was taken off this invoice by hand, or somebody said to leave it alone: it stays off.',
    );
    const admin = await visitAsAdmin(installation.standIn, 'admin');
    const before = await admin.get(addonPath(`invoice&id=${invoice}`));
    expect(before.body).toContain('Credit was taken off this invoice by hand');
    const after = await postAct(admin, `invoice&id=${invoice}`, 'allow-credit', {
      reason: 'The client agrees',
    });
    expect(after.body).toContain('Rules may put credit on this invoice again.');
    expect(after.body).not.toContain('Credit stays off');
    expect(await auditOf(invoice)).toEqual(['credit-allow']);

    await credit.give(STAFF.id, '6.00');
    expect(await credit.statusOf(invoice)).toBe('Paid');
  });

  test('credit that staff take off while more is on its way stays off: what was decided before does nothing', async () => {
    await credit.takeAll(STAFF.id);
    await credit.give(STAFF.id, '15.00');
    const invoice = await people.invoice(STAFF.id, '20.00');
    await settleLedger(installation);
    // As if another worker were busy with this client.
    const { database } = installation;
    await database.query(
      "UPDATE mod_creditbridge_leases SET holder = 'another', until = UTC_TIMESTAMP(6) + INTERVAL 60 SECOND WHERE client_id = ?",
      [STAFF.id],
    );
    await people.changeByHand(STAFF.id, { type: 'add', amount: '3.00', description: 'Goodwill' });
    const waiting = () =>
      database.query<{ id: string }>(
        "SELECT id FROM mod_creditbridge_commands WHERE invoice_id = ? AND state = 'open'",
        [invoice],
      );
    await expect.poll(waiting).toHaveLength(1);
    const [command] = await waiting();
    await people.onInvoice(invoice, 'removecredit', { amount: '15.00' });
    await database.query(
      'UPDATE mod_creditbridge_leases SET holder = NULL, until = NULL WHERE client_id = ?',
      [STAFF.id],
    );
    await settleLedger(installation);
    expect(await credit.openOf(invoice)).toBe('20.00');
    expect(await balanceOf(database, STAFF.id)).toBe('18.00');
    const [stale] = await database.query<{ state: string; reason: string }>(
      'SELECT state, reason FROM mod_creditbridge_commands WHERE id = ?',
      [command?.id],
    );
    expect(stale).toMatchObject({
      state: 'stale',
      reason: 'Credit was taken off the invoice: 0.00 is on it, less than 15.00.',
    });
    await people.onInvoice(invoice, 'cancel');
  });

  test('a partly credited invoice gets the rest paid from credit when credit arrives', async () => {
    for (const column of major === '8.x' ? ['stays'] : ['stays', 'moves']) {
      await installation.standIn.setSwitch('ledger_9_credit_column', column);
      await credit.takeAll(REST.id);
      await credit.give(REST.id, '15.00');
      const invoice = await people.invoice(REST.id, '40.00');
      await settleLedger(installation);
      expect(await credit.openOf(invoice)).toBe('25.00');
      // In part by a deposit, and then the whole rest by what an admin gives.
      await people.pay(REST.email, await people.deposit(REST.email, '20.00'), '20.00');
      await settleLedger(installation);
      expect(await credit.openOf(invoice)).toBe('5.00');
      await credit.give(REST.id, '6.00');
      expect(await credit.statusOf(invoice)).toBe('Paid');
      expect(await balanceOf(installation.database, REST.id)).toBe('1.00');
    }
    await installation.standIn.setSwitch('ledger_9_credit_column', 'stays');
  });

  test('more credit on an invoice than it needs is a finding, and its page says what to take off', async () => {
    await credit.takeAll(CLIENT.id);
    await credit.give(CLIENT.id, '30.00');
    const invoice = await people.invoice(CLIENT.id, '50.00');
    await settleLedger(installation);
    await people.lower(invoice, '20.00');
    await installation.service.tryCli('reconcile');
    const admin = await visitAsAdmin(installation.standIn, 'admin');
    expect((await admin.get(addonPath('findings'))).body).toContain(
      `Invoice #${invoice} has 10.00 USD more of the client&#39;s credit on it than it needs.`,
    );
    const page = await admin.get(addonPath(`invoice&id=${invoice}`));
    expect(page.body).toContain('more of the client’s credit is on this invoice than it needs');
    expect(page.body).toMatch(/take \$10\.00 USD off with Credit → Remove/);
    expect(await explained(invoice)).toContain('10.00 USD of it is more than it needs');
    await people.onInvoice(invoice, 'removecredit', { amount: '10.00' });
    await settleLedger(installation);
    expect(await explained(invoice)).not.toContain('more than it needs');
  });

  test('the client’s own use of the form on that invoice lets rules put credit on it again', async () => {
    await credit.takeAll(CLIENT.id);
    await credit.give(CLIENT.id, '15.00');
    const invoice = await people.invoice(CLIENT.id, '20.00');
    await settleLedger(installation);
    await people.onInvoice(invoice, 'removecredit', { amount: '15.00' });
    await settleLedger(installation);
    await credit.give(CLIENT.id, '1.00');
    expect(await credit.openOf(invoice)).toBe('20.00');

    await people.payWithCredit(CLIENT.email, invoice, '3.00');
    await settleLedger(installation);
    expect(await credit.openOf(invoice)).toBe('17.00');
    expect(await explained(invoice)).not.toContain('Credit stays off it');
    await credit.give(CLIENT.id, '4.00');
    expect(await credit.statusOf(invoice)).toBe('Paid');
  });

  test('a return is not credit that arrives: it pays no other open invoice', async () => {
    await credit.takeAll(RETURN.id);
    await credit.give(RETURN.id, '10.00');
    const invoice = await people.invoice(RETURN.id, '10.00');
    const other = await people.invoice(RETURN.id, '30.00');
    await settleLedger(installation);
    expect(await credit.statusOf(invoice)).toBe('Paid');
    await people.onInvoice(invoice, 'removecredit', { amount: '10.00' });
    await settleLedger(installation);
    expect(await credit.openOf(other)).toBe('30.00');
    expect(await balanceOf(installation.database, RETURN.id)).toBe('10.00');
    // Reopened, it is left alone as well.
    await people.onInvoice(invoice, 'markunpaid');
    await credit.give(RETURN.id, '1.00');
    expect(await credit.openOf(invoice)).toBe('10.00');
    expect(await credit.openOf(other)).toBe('19.00');
    await people.onInvoice(other, 'cancel');
  });
});

/** The daily run of a day on which this invoice is due. */
async function runOn(days: number, invoice: number): Promise<void> {
  await credit.setDates(invoice, { duedate: whmcsDay(days - 1) });
  await credit.run(days);
}

async function explained(invoice: number): Promise<string> {
  return installation.service.cli('explain', 'invoice', String(invoice));
}

async function auditOf(invoice: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ act: string }>(
    'SELECT act FROM mod_creditbridge_audit WHERE target = ?',
    [`invoice:${invoice}`],
  );
  return rows.map(({ act }) => act);
}
