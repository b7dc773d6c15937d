import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

// Deposits by gateway, in a campaign, the first one; a second one, and gateways that are not for deposits.

let installation: Installation;
let people: People;
let credit: CreditAtWork;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  await waitForLedger(installation);
});

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(() => installation?.stop());

describe.each([
  { major: '8.x', anna: 1, email: 'anna@example.com' },
  { major: '9.x', anna: 20, email: 'tara@example.com' },
])('on $major', ({ major, anna, email }) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
  });

  test(
    'a bonus for some gateways, the first deposit, and a campaign is given to the deposit that is all of it, once',
    shows(
      'deposit-bonus',
      ['client-form', 'on', 'off', 'observe', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      await credit.takeAll(anna);
      await giveBonus('off', {});
      await deposited('10.00');
      expect(await balanceOf(installation.database, anna)).toBe('10.00');

      await giveBonus('on', { 'tiers/0/gateways/0': 'banktransfer' });
      await deposited('10.00');
      await giveBonus('on', { fromDay: whmcsDay(1) });
      await deposited('10.00');
      await giveBonus('on', { untilDay: whmcsDay(-1) });
      await deposited('10.00');
      await giveBonus('on', { onlyFirst: 'on' });
      await deposited('10.00');
      await giveBonus('observe', {});
      await deposited('10.00');
      expect(await balanceOf(installation.database, anna)).toBe('60.00');

      await giveBonus('on', {
        'tiers/0/gateways/0': 'standincard',
        fromDay: whmcsDay(0),
        untilDay: whmcsDay(0),
      });
      const deposit = await deposited('10.00');
      expect(await balanceOf(installation.database, anna)).toBe('71.00');
      await people.onInvoice(deposit, 'markunpaid');
      await people.onInvoice(deposit, 'markpaid');
      await settleLedger(installation);
      expect(await bonusesOf(deposit)).toEqual(['1.00']);
    },
  );

  test(
    'a frozen client earns no bonus, and no deposit of one is cancelled',
    shows(['deposit-bonus', 'deposit-limits'], ['frozen'], ['8.x', '9.x']),
    async () => {
      await giveBonus('on', {});
      await limitDeposits('on', { oneAtATime: 'on', cancelling: 'always' });
      const admin = await visitAsAdmin(installation.standIn, 'admin');
      await postAct(admin, `client/${anna}`, 'freeze-client');
      const first = await people.deposit(email, '10.00');
      const client = await visitAsClient(installation.standIn, email);
      const second = await make(client, 'standincard');
      await settleLedger(installation);
      expect(await credit.statusOf(second)).toBe('Unpaid');
      await people.pay(email, second, '10.00');
      await settleLedger(installation);
      expect(await bonusesOf(second)).toEqual([]);
      await postAct(admin, `client/${anna}`, 'unfreeze-client', { reason: 'Settled' });
      await people.onInvoice(first, 'cancel');
      await giveBonus('off', {});
    },
  );

  test(
    'a second unpaid deposit is not offered, and is cancelled as it is made; on 9.x it is told unless the admin wants it cancelled',
    shows('deposit-limits', ['client-form', 'on', 'off', 'observe'], ['8.x', '9.x']),
    async () => {
      const client = await visitAsClient(installation.standIn, email);
      await limitDeposits('on', { oneAtATime: 'on' });
      const first = await make(client, 'standincard');
      await settleLedger(installation);
      expect(await credit.statusOf(first)).toBe('Unpaid');
      const page = await client.get('clientarea.php?action=addfunds');
      expect(page.body).toContain(`Deposit invoice #${first} is not paid yet.`);
      expect(page.body).not.toContain('Amount to Add');

      const second = await make(client, 'standincard');
      await settleLedger(installation);
      expect(await credit.statusOf(second)).toBe(major === '8.x' ? 'Cancelled' : 'Unpaid');
      expect((await noticesOf(second)).join(' ')).toContain(
        major === '8.x' ? 'was refused' : 'was not cancelled',
      );
      await limitDeposits('on', { oneAtATime: 'on', cancelling: 'always' });
      const third = await make(client, 'standincard');
      await settleLedger(installation);
      expect(await credit.statusOf(third)).toBe('Cancelled');

      for (const mode of ['observe', 'off'] as const) {
        await limitDeposits(mode, { oneAtATime: 'on', cancelling: 'always' });
        const more = await make(client, 'standincard');
        await settleLedger(installation);
        expect(await credit.statusOf(more)).toBe('Unpaid');
        await people.onInvoice(more, 'cancel');
      }
      if (major === '9.x') await people.onInvoice(second, 'cancel');
      await people.onInvoice(first, 'cancel');
    },
  );

  test(
    'the page offers only gateways for deposits, and a deposit that was posted by another is cancelled',
    shows('deposit-limits', ['client-form', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const client = await visitAsClient(installation.standIn, email);
      await limitDeposits('on', { 'gateways/0': 'standincard', cancelling: 'always' });
      const page = await client.get('clientarea.php?action=addfunds');
      expect(page.body).toContain('value="standincard"');
      expect(page.body).not.toContain('value="banktransfer"');
      const refused = await make(client, 'banktransfer');
      await settleLedger(installation);
      await installation.work();
      expect(await credit.statusOf(refused)).toBe('Cancelled');
      expect(await noticesOf(refused)).toEqual([
        expect.stringContaining('Deposits can’t be made by banktransfer'),
      ]);
      const accepted = await make(client, 'standincard');
      await settleLedger(installation);
      expect(await credit.statusOf(accepted)).toBe('Unpaid');
      await people.onInvoice(accepted, 'cancel');
      await limitDeposits('off', {});
    },
  );

  /** A deposit that is paid by card. @returns its invoice */
  async function deposited(amount: string): Promise<number> {
    const id = await people.deposit(email, amount);
    await people.pay(email, id, amount);
    await settleLedger(installation);
    return id;
  }
});

async function giveBonus(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await saveRule(installation.standIn, 'deposit-bonus', {
    mode,
    inputs: {
      'tiers/0/from/1': '10.00',
      'tiers/0/percent': '10',
      periodDays: '30',
      description: 'Thank you',
      ...more,
    },
  });
}

async function limitDeposits(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await saveRule(installation.standIn, 'deposit-limits', {
    mode,
    inputs: {
      cancelling: 'before-nine',
      mailSubject: 'Deposit refused',
      mailText: 'Invoice #{invoice} is void. {reason}',
      ...more,
    },
  });
}

/** Posts the form of Add Funds, whatever the page offers. @returns the deposit's invoice */
async function make(client: Visitor, paymentmethod: string): Promise<number> {
  await client.get('clientarea.php');
  const page = await client.post('clientarea.php?action=addfunds', {
    amount: '10.00',
    paymentmethod,
  });
  return Number(/id=(\d+)/.exec(page.path)?.[1]);
}

async function bonusesOf(invoiceId: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ amount: string }>(
    `SELECT CAST(amount_hundredths / 100 AS DECIMAL(16, 2)) AS amount FROM mod_creditbridge_grants
     WHERE follows_invoice_id = ?`,
    [invoiceId],
  );
  return rows.map(({ amount }) => amount);
}

async function noticesOf(invoiceId: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ? AND rule = 'deposit-limits'",
    [invoiceId],
  );
  return rows.map(({ text }) => text);
}
