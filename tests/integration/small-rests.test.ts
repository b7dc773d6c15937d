import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, creditOnInvoice, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addService } from '../support/whmcs-rows.ts';

// The last cents of an invoice: what the rule small-rests gives, and what becomes of them without it.

let installation: Installation;
let people: People;
let credit: CreditAtWork;

/** Without automatic capture, so that no card pays the rest. */
const KURT = { id: 11, email: 'kurt@example.com' };
const REST = { 'largestRest/1': '0.50', periodDays: '30', onPayment: 'on', description: 'Rest' };

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await takeOverAutomaticUse(installation.standIn);
  await waitForLedger(installation);
});

beforeEach(async () => {
  await useCredit('off');
  await credit.takeAll(KURT.id);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe.each([
  { major: '8.x', day: 2 },
  { major: '9.x', day: 40 },
])('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
  });

  test(
    'the one cent that suspends',
    shows('small-rests', ['on', 'off', 'run', 'client-form', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await giveRests('off');
      const without = await serviceWithInvoice('15.00', day - 20);
      await people.pay(KURT.email, without.invoice, '14.99');
      await cronOn(day);
      expect(await stateOf(without.service)).toBe('Suspended');

      await giveRests('on');
      const withRule = await serviceWithInvoice('15.00', day - 20);
      await people.pay(KURT.email, withRule.invoice, '14.99');
      await settleLedger(installation);
      expect(await credit.statusOf(withRule.invoice)).toBe('Paid');
      expect(await creditOnInvoice(installation.database, withRule.invoice)).toBe('0.01');
      expect(await balanceOf(installation.database, KURT.id)).toBe('0.00');
      await cronOn(day + 1);
      expect(await stateOf(withRule.service)).toBe('Active');

      // The daily run finds the rest that was left before the rule was on, although the client has no credit; and gives it once.
      await credit.run(day + 2);
      await credit.run(day + 3);
      expect(await creditOnInvoice(installation.database, without.invoice)).toBe('0.01');
      expect(await credit.statusOf(without.invoice)).toBe('Paid');
    },
  );

  test(
    'the domain lost to partial credit: 14.90 on 15.00, the rest never paid',
    shows(['small-rests', 'auto-apply'], ['run', 'competing', 'on', 'off'], ['8.x', '9.x']),
    async () => {
      // Nothing else of this client's is due.
      const client = await addClient(installation.database.root);
      let days = day + 10;
      const outcome = async (
        rests: 'off' | 'on',
        settings: Readonly<Record<string, string>> = {},
      ) => {
        await credit.takeAll(client);
        await useCredit('off');
        await giveRests(rests);
        await credit.give(client, '14.90');
        const invoice = await people.invoice(client, '15.00');
        // A day has one run.
        days += 1;
        await credit.setDates(invoice, { duedate: whmcsDay(days) });
        await useCredit('on', settings);
        await credit.run(days);
        const seen = [
          await creditOnInvoice(installation.database, invoice),
          await credit.statusOf(invoice),
          await balanceOf(installation.database, client),
        ];
        if (seen[1] === 'Unpaid') await people.onInvoice(invoice, 'cancel');
        return seen;
      };
      expect(await outcome('off')).toEqual(['14.90', 'Unpaid', '0.00']);
      expect(await outcome('off', { 'smallestRest/1': '5.00' })).toEqual([
        '10.00',
        'Unpaid',
        '4.90',
      ]);
      expect(await outcome('off', { coverage: 'whole-only' })).toEqual(['0.00', 'Unpaid', '14.90']);
      expect(await outcome('on')).toEqual(['15.00', 'Paid', '0.00']);
    },
  );

  test(
    'a rest above the amount, a rule that observes and a frozen client get nothing',
    shows('small-rests', ['observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      const payOf = async (paid: string) => {
        const invoice = await people.invoice(KURT.id, '15.00');
        await people.pay(KURT.email, invoice, paid);
        await settleLedger(installation);
        const open = await credit.openOf(invoice);
        await people.onInvoice(invoice, 'cancel');
        return open;
      };
      await giveRests('on');
      expect(await payOf('14.49')).toBe('0.51');
      await giveRests('observe');
      expect(await payOf('14.99')).toBe('0.01');
      await giveRests('on');
      await installation.service.cli(
        'freeze',
        'client',
        String(KURT.id),
        '--reason',
        'A chargeback',
      );
      expect(await payOf('14.99')).toBe('0.01');
      await installation.database.query('DELETE FROM mod_creditbridge_frozen_clients');
    },
  );

  test('what is given is promotional, drawn by that invoice alone, and within the cap of the period', async () => {
    await giveRests('on', { 'capPerPeriod/1': '0.02' });
    await installation.database.query(
      "UPDATE mod_creditbridge_decisions SET first_at = first_at - INTERVAL 2 YEAR WHERE rule = 'small-rests'",
    );
    await credit.give(KURT.id, '5.00');
    const paidBut = async (paid: string) => {
      const invoice = await people.invoice(KURT.id, '15.00');
      await people.pay(KURT.email, invoice, paid);
      await settleLedger(installation);
      return credit.statusOf(invoice);
    };
    expect([await paidBut('14.99'), await paidBut('14.98'), await paidBut('14.99')]).toEqual([
      'Paid',
      'Unpaid',
      'Paid',
    ]);
    expect(await balanceOf(installation.database, KURT.id)).toBe('5.00');
    const grants = await grantsOf(installation.database, KURT.id);
    expect(grants.slice(-2)).toMatchObject([
      { kind: 'promotional', amount: 1, remaining: 0 },
      { kind: 'promotional', amount: 1, remaining: 0 },
    ]);
  });
});

async function useCredit(
  mode: 'off' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'auto-apply', {
    mode,
    inputs: { onDueDate: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is', ...more },
  });
}

async function giveRests(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'small-rests', { mode, inputs: { ...REST, ...more } });
}

/** A service of Kurt's that is due, and the unpaid invoice about it. */
async function serviceWithInvoice(amount: string, due: number) {
  const invoice = await people.invoice(KURT.id, amount);
  const { root } = installation.database;
  const service = await addService(root, { client: KURT.id, amount, due: whmcsDay(due) });
  await root.query("UPDATE tblinvoiceitems SET type = 'Hosting', relid = ? WHERE invoiceid = ?", [
    service,
    invoice,
  ]);
  await credit.setDates(invoice, { duedate: whmcsDay(due) });
  return { service, invoice };
}

/** WHMCS's cron, which suspends what is overdue. */
async function cronOn(day: number): Promise<void> {
  await moveToDay(installation.standIn, `${whmcsDay(day)} 10:00`);
  await installation.standIn.runCron({ force: true });
  await installation.standIn.setClock('now');
  await settleLedger(installation);
}

async function stateOf(service: number): Promise<string | undefined> {
  const [row] = await installation.database.query<{ domainstatus: string }>(
    'SELECT domainstatus FROM tblhosting WHERE id = ?',
    [service],
  );
  return row?.domainstatus;
}
