import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { balanceOf, creditOnInvoice, grantsOf } from '../support/look-at-credit.ts';
import { moveToDay } from '../support/move-to-day.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addService } from '../support/whmcs-rows.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// The last cents of an invoice: what the rule small-rests gives, and what becomes of them without it.

const at = rulesAtWork(() => takeOverAutomaticUse(at.installation.standIn));

/** Without automatic capture, so that no card pays the rest. */
const KURT = { id: 11, email: 'kurt@example.com' };
const REST = { 'largestRest/1': '0.50', periodDays: '30', onPayment: 'on', description: 'Rest' };

beforeEach(async () => {
  await useCredit('off');
  await at.credit.takeAll(KURT.id);
});

const SITUATIONS = [
  { major: '8.x', day: 2 },
  { major: '9.x', day: 40 },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, day }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'the one cent that suspends',
    shows('small-rests', ['on', 'off', 'run', 'client-form', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      await giveRests('off');
      const without = await serviceWithInvoice('15.00', day - 20);
      await at.people.pay(KURT.email, without.invoice, '14.99');
      await cronOn(day);
      expect(await stateOf(without.service)).toBe('Suspended');

      await giveRests('on');
      const withRule = await serviceWithInvoice('15.00', day - 20);
      await at.people.pay(KURT.email, withRule.invoice, '14.99');
      await at.settle();
      expect(await at.credit.statusOf(withRule.invoice)).toBe('Paid');
      expect(await creditOnInvoice(at.installation.database, withRule.invoice)).toBe('0.01');
      expect(await balanceOf(at.installation.database, KURT.id)).toBe('0.00');
      await cronOn(day + 1);
      expect(await stateOf(withRule.service)).toBe('Active');

      // The daily run finds the rest that was left before the rule was on, although the client has no credit; and gives it once.
      await at.credit.run(day + 2);
      await at.credit.run(day + 3);
      expect(await creditOnInvoice(at.installation.database, without.invoice)).toBe('0.01');
      expect(await at.credit.statusOf(without.invoice)).toBe('Paid');
    },
  );

  test(
    'the domain lost to partial credit: 14.90 on 15.00, the rest never paid',
    shows(['small-rests', 'auto-apply'], ['run', 'competing', 'on', 'off'], ['8.x', '9.x']),
    async () => {
      // Nothing else of this client's is due.
      const client = await addClient(at.installation.database.root);
      let days = day + 10;
      const outcome = async (
        rests: 'off' | 'on',
        settings: Readonly<Record<string, string>> = {},
      ) => {
        await at.credit.takeAll(client);
        await useCredit('off');
        await giveRests(rests);
        await at.credit.give(client, '14.90');
        const invoice = await at.people.invoice(client, '15.00');
        // A day has one run.
        days += 1;
        await at.credit.setDates(invoice, { duedate: whmcsDay(days) });
        await useCredit('on', settings);
        await at.credit.run(days);
        const seen = [
          await creditOnInvoice(at.installation.database, invoice),
          await at.credit.statusOf(invoice),
          await balanceOf(at.installation.database, client),
        ];
        if (seen[1] === 'Unpaid') await at.people.onInvoice(invoice, 'cancel');
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
        const invoice = await at.people.invoice(KURT.id, '15.00');
        await at.people.pay(KURT.email, invoice, paid);
        await at.settle();
        const open = await at.credit.openOf(invoice);
        await at.people.onInvoice(invoice, 'cancel');
        return open;
      };
      await giveRests('on');
      expect(await payOf('14.49')).toBe('0.51');
      await giveRests('observe');
      expect(await payOf('14.99')).toBe('0.01');
      await giveRests('on');
      await at.installation.service.cli(
        'freeze',
        'client',
        String(KURT.id),
        '--reason',
        'A chargeback',
      );
      expect(await payOf('14.99')).toBe('0.01');
      await at.unfreezeAll();
    },
  );

  test(
    'a rest that a payment by staff or through the API leaves is given at once',
    shows('small-rests', ['admin', 'api'], ['8.x', '9.x']),
    async () => {
      await giveRests('on');
      const byStaff = await at.people.invoice(KURT.id, '15.00');
      const byApi = await at.people.invoice(KURT.id, '15.00');
      await at.people.onInvoice(byStaff, 'addpayment', { amount: '14.99' });
      await at.payByGateway(byApi, '14.60');
      await at.settle();
      expect(await at.credit.statusOf(byStaff)).toBe('Paid');
      expect(await creditOnInvoice(at.installation.database, byApi)).toBe('0.40');
      expect(await at.credit.statusOf(byApi)).toBe('Paid');
    },
  );

  test('what is given is promotional, drawn by that invoice alone, and within the cap of the period', async () => {
    await giveRests('on', { 'capPerPeriod/1': '0.02' });
    await at.installation.database.query(
      "UPDATE mod_creditbridge_decisions SET first_at = first_at - INTERVAL 2 YEAR WHERE rule = 'small-rests'",
    );
    await at.credit.give(KURT.id, '5.00');
    const paidBut = async (paid: string) => {
      const invoice = await at.people.invoice(KURT.id, '15.00');
      await at.people.pay(KURT.email, invoice, paid);
      await at.settle();
      return at.credit.statusOf(invoice);
    };
    expect([await paidBut('14.99'), await paidBut('14.98'), await paidBut('14.99')]).toEqual([
      'Paid',
      'Unpaid',
      'Paid',
    ]);
    expect(await balanceOf(at.installation.database, KURT.id)).toBe('5.00');
    const grants = await grantsOf(at.installation.database, KURT.id);
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
  await saveRule(at.installation.standIn, 'auto-apply', {
    mode,
    inputs: { onDueDate: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is', ...more },
  });
}

async function giveRests(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(at.installation.standIn, 'small-rests', { mode, inputs: { ...REST, ...more } });
}

/** A service of Kurt's that is due, and the unpaid invoice about it. */
async function serviceWithInvoice(amount: string, due: number) {
  const invoice = await at.people.invoice(KURT.id, amount);
  const { root } = at.installation.database;
  const service = await addService(root, { client: KURT.id, amount, due: whmcsDay(due) });
  await root.query("UPDATE tblinvoiceitems SET type = 'Hosting', relid = ? WHERE invoiceid = ?", [
    service,
    invoice,
  ]);
  await at.credit.setDates(invoice, { duedate: whmcsDay(due) });
  return { service, invoice };
}

/** WHMCS's cron, which suspends what is overdue. */
async function cronOn(day: number): Promise<void> {
  await moveToDay(at.installation.standIn, `${whmcsDay(day)} 10:00`);
  await at.installation.standIn.runCron({ force: true });
  await at.installation.standIn.setClock('now');
  await at.settle();
}

async function stateOf(service: number): Promise<string | undefined> {
  const [row] = await at.installation.database.query<{ domainstatus: string }>(
    'SELECT domainstatus FROM tblhosting WHERE id = ?',
    [service],
  );
  return row?.domainstatus;
}
