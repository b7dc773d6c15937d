import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, creditOnInvoice } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// Where credit goes when several invoices could have it: the rule auto-apply, judged by WHMCS's own invoices.

let installation: Installation;
let people: People;
let credit: CreditAtWork;

const ANNA = { id: 1, email: 'anna@example.com' };
/** A client with a card and a service over 25.00. */
const MARCO = { id: 13, email: 'marco@example.com', service: 14 };
const TARA = { id: 20, email: 'tara@example.com' };

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await useCredit('on', 'due');
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 5 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
  });

  test.each([
    { order: 'due', gets: ['25.00', '5.00', '0.00'] },
    { order: 'oldest', gets: ['9.00', '21.00', '0.00'] },
    { order: 'smallest', gets: ['0.00', '21.00', '9.00'] },
  ] as const)(
    '$order first, when credit arrives',
    shows('auto-apply', ['on'], ['8.x', '9.x']),
    async ({ order, gets }) => {
      await credit.takeAll(ANNA.id);
      await useCredit('on', order);
      const invoices = await threeInvoices(day);
      await credit.give(ANNA.id, '30.00');
      expect(await onEach(invoices)).toEqual(gets);
      await cancelAll(invoices);
    },
  );

  test(
    'smallest first, when several are due on one day, and a run again changes nothing',
    shows('auto-apply', ['run', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await credit.takeAll(ANNA.id);
      await useCredit('off', 'smallest');
      const invoices = await threeInvoices(day);
      await credit.give(ANNA.id, '30.00');
      expect(await onEach(invoices)).toEqual(['0.00', '0.00', '0.00']);
      await useCredit('on', 'smallest', { whenCreditArrives: '' });
      await credit.run(day);
      await credit.run(day);
      expect(await onEach(invoices)).toEqual(['0.00', '21.00', '9.00']);
      await cancelAll(invoices);
    },
  );

  test(
    'the service suspended although credit arrived in the night: its invoice is paid at once, before older ones, and WHMCS ends the suspension',
    shows('auto-apply', ['on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await useCredit('off', 'due');
      await credit.takeAll(MARCO.id);
      const older = await people.invoice(MARCO.id, '40.00');
      await credit.setDates(older, { date: whmcsDay(-60), duedate: whmcsDay(-40) });
      const invoice = await invoiceSuspended(MARCO.service);
      await settleLedger(installation);
      expect(await serviceOf(MARCO.service)).toBe('Suspended');

      await useCredit('on', 'suspended');
      await people.pay(MARCO.email, await people.deposit(MARCO.email, '30.00'), '30.00');
      await settleLedger(installation);
      expect(await credit.statusOf(invoice)).toBe('Paid');
      expect(await serviceOf(MARCO.service)).toBe('Active');
      expect(await creditOnInvoice(installation.database, older)).toBe('5.00');
      await people.onInvoice(older, 'removecredit', { amount: '5.00' });
      await people.onInvoice(older, 'cancel');
    },
  );

  test(
    'the deposit eaten by its own invoice: credit pays no deposit, whatever opens it again',
    shows('auto-apply', ['run'], ['8.x', '9.x']),
    async () => {
      await credit.takeAll(TARA.id);
      await useCredit('on', 'oldest');
      await credit.give(TARA.id, '50.00');
      const deposit = await people.deposit(TARA.email, '50.00');
      await credit.setDates(deposit, { duedate: whmcsDay(day) });
      await settleLedger(installation);
      await credit.run(day + 1);
      expect(await credit.openOf(deposit)).toBe('50.00');
      await people.pay(TARA.email, deposit, '50.00');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, TARA.id)).toBe('100.00');

      // The same money does not pay for itself when staff open the deposit again.
      await people.onInvoice(deposit, 'markunpaid');
      await credit.give(TARA.id, '1.00');
      await credit.run(day + 2);
      expect(await creditOnInvoice(installation.database, deposit)).toBe('0.00');
      expect(await balanceOf(installation.database, TARA.id)).toBe('101.00');
    },
  );
});

async function useCredit(
  mode: 'off' | 'observe' | 'on',
  order: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'auto-apply', {
    mode,
    inputs: {
      onDueDate: 'on',
      whenCreditArrives: 'on',
      order,
      dueOffsetDays: '0',
      coverage: 'partial',
      mail: 'as-is',
      ...more,
    },
  });
}

/** The next invoice of a service, overdue and unpaid, so that WHMCS suspended the service. */
async function invoiceSuspended(service: number): Promise<number> {
  const { database, standIn } = installation;
  await database.root.query("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = 909");
  await database.root.query('UPDATE tblhosting SET nextinvoicedate = ? WHERE id = ?', [
    whmcsDay(),
    service,
  ]);
  const made = await standIn.api('GenInvoices', { clientid: String(MARCO.id), noemails: '1' });
  const invoice = Number(made['latestinvoiceid']);
  await credit.setDates(invoice, { date: whmcsDay(-20), duedate: whmcsDay(-6) });
  await database.root.query("UPDATE tblhosting SET domainstatus = 'Suspended' WHERE id = ?", [
    service,
  ]);
  return invoice;
}

async function serviceOf(id: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ status: string }>(
    'SELECT domainstatus AS status FROM tblhosting WHERE id = ?',
    [id],
  );
  return row?.status;
}

/** Due one after another up to this day; the second is the oldest, the third the smallest. */
async function threeInvoices(day: number): Promise<readonly number[]> {
  const invoices: number[] = [];
  for (const [amount, made, due] of [
    ['25.00', -3, day - 2],
    ['21.00', -5, day - 1],
    ['9.00', -1, day],
  ] as const) {
    const id = await people.invoice(ANNA.id, amount);
    await credit.setDates(id, { date: whmcsDay(made), duedate: whmcsDay(due) });
    invoices.push(id);
  }
  await settleLedger(installation);
  return invoices;
}

function onEach(invoices: readonly number[]) {
  return Promise.all(invoices.map((id) => creditOnInvoice(installation.database, id)));
}

async function cancelAll(invoices: readonly number[]): Promise<void> {
  for (const id of invoices) {
    if ((await credit.statusOf(id)) === 'Unpaid') await people.onInvoice(id, 'cancel');
  }
}
