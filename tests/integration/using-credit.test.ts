import { beforeAll, describe, expect, test } from 'vitest';
import { balanceOf, creditOnInvoice } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient } from '../support/whmcs-rows.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// Where credit goes when several invoices could have it: the rule auto-apply, judged by WHMCS's own invoices.

const at = rulesAtWork(async () => {
  await takeOverAutomaticUse(at.installation.standIn);
  await useCredit('on', 'due');
});

const ANNA = { id: 1, email: 'anna@example.com' };
/** A client with a card and a service over 25.00. */
const MARCO = { id: 13, email: 'marco@example.com', service: 14 };
const TARA = { id: 20, email: 'tara@example.com' };

const SITUATIONS = [
  { major: '8.x', day: 2 },
  { major: '9.x', day: 5 },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test.each([
    { order: 'due', gets: ['25.00', '5.00', '0.00'] },
    { order: 'oldest', gets: ['9.00', '21.00', '0.00'] },
    { order: 'smallest', gets: ['0.00', '21.00', '9.00'] },
  ] as const)(
    '$order first, when credit arrives',
    shows('auto-apply', ['on'], ['8.x', '9.x']),
    async ({ order, gets }) => {
      await at.credit.takeAll(ANNA.id);
      await useCredit('on', order);
      const invoices = await threeInvoices(day);
      await at.credit.give(ANNA.id, '30.00');
      expect(await onEach(invoices)).toEqual(gets);
      await cancelAll(invoices);
    },
  );

  test(
    'smallest first, when several are due on one day, and a run again changes nothing',
    shows('auto-apply', ['run', 'on', 'off', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(ANNA.id);
      await useCredit('off', 'smallest');
      const invoices = await threeInvoices(day);
      await at.credit.give(ANNA.id, '30.00');
      expect(await onEach(invoices)).toEqual(['0.00', '0.00', '0.00']);
      await useCredit('on', 'smallest', { whenCreditArrives: '' });
      await at.credit.run(day);
      await at.credit.run(day);
      expect(await onEach(invoices)).toEqual(['0.00', '21.00', '9.00']);
      await cancelAll(invoices);
    },
  );

  test(
    'the service suspended although credit arrived in the night: its invoice is paid at once, before older ones, and WHMCS ends the suspension',
    shows('auto-apply', ['on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await useCredit('off', 'due');
      await at.credit.takeAll(MARCO.id);
      const older = await at.people.invoice(MARCO.id, '40.00');
      await at.credit.setDates(older, { date: whmcsDay(-60), duedate: whmcsDay(-40) });
      const invoice = await invoiceSuspended(MARCO.service);
      await at.settle();
      expect(await serviceOf(MARCO.service)).toBe('Suspended');

      await useCredit('on', 'suspended');
      await at.people.pay(MARCO.email, await at.people.deposit(MARCO.email, '30.00'), '30.00');
      await at.settle();
      expect(await at.credit.statusOf(invoice)).toBe('Paid');
      expect(await serviceOf(MARCO.service)).toBe('Active');
      expect(await creditOnInvoice(at.installation.database, older)).toBe('5.00');
      await at.people.onInvoice(older, 'removecredit', { amount: '5.00' });
      await at.people.onInvoice(older, 'cancel');
    },
  );

  test(
    'credit whose last day is over stays while the rule is off or observes or the client is frozen, and goes once when it is on',
    shows(
      'credit-expiry',
      ['run', 'off', 'observe', 'frozen', 'on', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      const client = await addClient(at.installation.database.root);
      await at.giveUntil(client, '10.00', whmcsDay(day));
      const leftAfter = async (mode: 'off' | 'observe' | 'on', days: number) => {
        await saveRule(at.installation.standIn, 'credit-expiry', {
          mode,
          inputs: { description: 'Expired' },
        });
        await at.credit.run(days);
        return balanceOf(at.installation.database, client);
      };
      const first = day + 20;
      expect(await leftAfter('off', first)).toBe('10.00');
      expect(await leftAfter('observe', first + 1)).toBe('10.00');
      await at.freeze(client);
      expect(await leftAfter('on', first + 2)).toBe('10.00');
      await at.unfreezeAll();
      expect(await leftAfter('on', first + 3)).toBe('0.00');
      await at.credit.give(client, '3.00');
      expect(await leftAfter('on', first + 4)).toBe('3.00');
      const decided = await at.installation.database.query<{ outcome: string }>(
        "SELECT outcome FROM mod_creditbridge_decisions WHERE client_id = ? AND rule = 'credit-expiry' ORDER BY first_at",
        [client],
      );
      expect(decided.map(({ outcome }) => outcome)).toEqual(['observed', 'skipped', 'effect']);
      await saveRule(at.installation.standIn, 'credit-expiry', {
        mode: 'off',
        inputs: { description: 'Expired' },
      });
    },
  );

  test(
    'the deposit eaten by its own invoice: credit pays no deposit, whatever opens it again',
    shows('auto-apply', ['run'], ['8.x', '9.x']),
    async () => {
      await at.credit.takeAll(TARA.id);
      await useCredit('on', 'oldest');
      await at.credit.give(TARA.id, '50.00');
      const deposit = await at.people.deposit(TARA.email, '50.00');
      await at.credit.setDates(deposit, { duedate: whmcsDay(day) });
      await at.settle();
      await at.credit.run(day + 1);
      expect(await at.credit.openOf(deposit)).toBe('50.00');
      await at.people.pay(TARA.email, deposit, '50.00');
      await at.settle();
      expect(await balanceOf(at.installation.database, TARA.id)).toBe('100.00');

      // The same money does not pay for itself when staff open the deposit again.
      await at.people.onInvoice(deposit, 'markunpaid');
      await at.credit.give(TARA.id, '1.00');
      await at.credit.run(day + 2);
      expect(await creditOnInvoice(at.installation.database, deposit)).toBe('0.00');
      expect(await balanceOf(at.installation.database, TARA.id)).toBe('101.00');
    },
  );
});

async function useCredit(
  mode: 'off' | 'observe' | 'on',
  order: string,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(at.installation.standIn, 'auto-apply', {
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
  const { database, standIn } = at.installation;
  await database.root.query("UPDATE tblinvoices SET status = 'Cancelled' WHERE id = 909");
  await database.root.query('UPDATE tblhosting SET nextinvoicedate = ? WHERE id = ?', [
    whmcsDay(),
    service,
  ]);
  const made = await standIn.api('GenInvoices', { clientid: String(MARCO.id), noemails: '1' });
  const invoice = Number(made['latestinvoiceid']);
  await at.credit.setDates(invoice, { date: whmcsDay(-20), duedate: whmcsDay(-6) });
  await database.root.query("UPDATE tblhosting SET domainstatus = 'Suspended' WHERE id = ?", [
    service,
  ]);
  return invoice;
}

async function serviceOf(id: number): Promise<string | undefined> {
  const [row] = await at.installation.database.query<{ status: string }>(
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
    const id = await at.people.invoice(ANNA.id, amount);
    await at.credit.setDates(id, { date: whmcsDay(made), duedate: whmcsDay(due) });
    invoices.push(id);
  }
  await at.settle();
  return invoices;
}

function onEach(invoices: readonly number[]) {
  return Promise.all(invoices.map((id) => creditOnInvoice(at.installation.database, id)));
}

async function cancelAll(invoices: readonly number[]): Promise<void> {
  for (const id of invoices) {
    if ((await at.credit.statusOf(id)) === 'Unpaid') await at.people.onInvoice(id, 'cancel');
  }
}
