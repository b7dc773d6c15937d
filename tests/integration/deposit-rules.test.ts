import { beforeAll, describe, expect, test } from 'vitest';
import { hookItem } from '../support/hook-item.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { postAct, saveRule } from '../support/save-rule.ts';
import { type Visitor, visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { onAskedMajor } from '../support/whmcs-version.ts';

// Deposits by gateway, in a campaign, the first one; a second one, and gateways that are not for deposits.

const at = rulesAtWork();

const SITUATIONS = [
  { major: '8.x', anna: 1, email: 'anna@example.com', ben: { id: 2, email: 'ben@example.com' } },
  { major: '9.x', anna: 20, email: 'tara@example.com', ben: { id: 15, email: 'otto@example.com' } },
] as const;

describe.each(onAskedMajor(SITUATIONS))('on $major', ({ major, anna, email, ben }) => {
  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'a bonus for some gateways, the first deposit, and a campaign is given to the deposit that is all of it, once',
    shows(
      'deposit-bonus',
      ['client-form', 'on', 'off', 'observe', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      await at.credit.takeAll(anna);
      await giveBonus('off', {});
      await deposited('10.00');
      expect(await balanceOf(at.installation.database, anna)).toBe('10.00');

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
      expect(await balanceOf(at.installation.database, anna)).toBe('60.00');

      await giveBonus('on', {
        'tiers/0/gateways/0': 'standincard',
        fromDay: whmcsDay(0),
        untilDay: whmcsDay(0),
      });
      const deposit = await deposited('10.00');
      expect(await balanceOf(at.installation.database, anna)).toBe('71.00');
      await at.people.onInvoice(deposit, 'markunpaid');
      await at.people.onInvoice(deposit, 'markpaid');
      await at.settle();
      expect(await bonusesOf(deposit)).toEqual(['1.00']);
    },
  );

  test(
    'a frozen client earns no bonus, and no deposit of one is cancelled',
    shows(['deposit-bonus', 'deposit-limits'], ['frozen'], ['8.x', '9.x']),
    async () => {
      await giveBonus('on', {});
      await limitDeposits('on', { oneAtATime: 'on', cancelling: 'always' });
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      await postAct(admin, `client/${anna}`, 'freeze-client');
      const first = await at.people.deposit(email, '10.00');
      const client = await visitAsClient(at.installation.standIn, email);
      const second = await make(client, 'standincard');
      await at.settle();
      expect(await at.credit.statusOf(second)).toBe('Unpaid');
      await at.people.pay(email, second, '10.00');
      await at.settle();
      expect(await bonusesOf(second)).toEqual([]);
      await postAct(admin, `client/${anna}`, 'unfreeze-client', { reason: 'Settled' });
      await at.people.onInvoice(first, 'cancel');
      await giveBonus('off', {});
    },
  );

  test(
    'a second unpaid deposit is not offered, and is cancelled as it is made; on 9.x it is told unless the admin wants it cancelled',
    shows('deposit-limits', ['client-form', 'on', 'off', 'observe'], ['8.x', '9.x']),
    async () => {
      const client = await visitAsClient(at.installation.standIn, email);
      await limitDeposits('on', { oneAtATime: 'on' });
      const first = await make(client, 'standincard');
      await at.settle();
      expect(await at.credit.statusOf(first)).toBe('Unpaid');
      const page = await client.get('clientarea.php?action=addfunds');
      expect(page.body).toContain(`Deposit invoice #${first} is not paid yet.`);
      expect(page.body).not.toContain('Amount to Add');

      const second = await make(client, 'standincard');
      await at.settle();
      expect(await at.credit.statusOf(second)).toBe(major === '8.x' ? 'Cancelled' : 'Unpaid');
      expect((await at.toldOf('deposit-limits', second)).join(' ')).toContain(
        major === '8.x' ? 'was refused' : 'was not cancelled',
      );
      await limitDeposits('on', { oneAtATime: 'on', cancelling: 'always' });
      const third = await make(client, 'standincard');
      await at.settle();
      expect(await at.credit.statusOf(third)).toBe('Cancelled');

      for (const mode of ['observe', 'off'] as const) {
        await limitDeposits(mode, { oneAtATime: 'on', cancelling: 'always' });
        const more = await make(client, 'standincard');
        await at.settle();
        expect(await at.credit.statusOf(more)).toBe('Unpaid');
        await at.people.onInvoice(more, 'cancel');
      }
      if (major === '9.x') await at.people.onInvoice(second, 'cancel');
      await at.people.onInvoice(first, 'cancel');
    },
  );

  test(
    'the page offers only gateways for deposits, and a deposit that was posted by another is cancelled',
    shows('deposit-limits', ['client-form', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const client = await visitAsClient(at.installation.standIn, email);
      await limitDeposits('on', { 'gateways/0': 'standincard', cancelling: 'always' });
      const page = await client.get('clientarea.php?action=addfunds');
      expect(page.body).toContain('value="standincard"');
      expect(page.body).not.toContain('value="banktransfer"');
      const refused = await make(client, 'banktransfer');
      await at.settle();
      await at.installation.work();
      expect(await at.credit.statusOf(refused)).toBe('Cancelled');
      expect(await at.toldOf('deposit-limits', refused)).toEqual([
        expect.stringContaining('Deposits can’t be made by banktransfer'),
      ]);
      const accepted = await make(client, 'standincard');
      await at.settle();
      expect(await at.credit.statusOf(accepted)).toBe('Unpaid');
      await at.people.onInvoice(accepted, 'cancel');
      await limitDeposits('off', {});
    },
  );

  test(
    'a deposit that is paid in a mass payment, by staff or through the API earns its bonus, and waits, like any other',
    shows(['deposit-bonus', 'deposit-hold'], ['mass-payment', 'admin', 'api'], ['8.x', '9.x']),
    async () => {
      await giveBonus('on', {});
      const waits = { newForDays: '0', waitDays: '10', 'gateways/0': 'standincard' };
      await saveRule(at.installation.standIn, 'deposit-hold', { mode: 'on', inputs: waits });
      const deposits = await at.depositInOtherWays(ben);
      await at.expectParkings(ben.id, ['parked 1000', 'parked 1100', 'parked 1200']);
      const bonuses = await Promise.all(deposits.map(bonusesOf));
      expect(bonuses).toEqual([['1.00'], ['1.10'], ['1.20']]);
      await saveRule(at.installation.standIn, 'deposit-hold', { mode: 'off', inputs: waits });
      await giveBonus('off', {});
    },
  );

  test(
    'a deposit that breaks a limit is noticed where staff make it, and where it is paid in a mass payment before the rule hears of it',
    shows('deposit-limits', ['admin', 'mass-payment'], ['8.x', '9.x']),
    async () => {
      const together = await at.people.deposit(ben.email, '10.00');
      await at.people.payTogether(ben.email, [together], '10.00');
      await at.settle();
      await limitDeposits('on', { 'minimum/1': '20.00', cancelling: 'always' });
      await at.parts.receiver.receive([
        hookItem('InvoiceCreated', { invoiceid: together, status: 'Unpaid' }),
      ]);
      const byStaff = await at.people.depositByStaff(ben.id, '6.00');
      await at.settle();
      expect(await at.credit.statusOf(together)).toBe('Paid');
      expect(await at.toldOf('deposit-limits', together)).toEqual([
        expect.stringContaining('was not cancelled: The smallest deposit is'),
      ]);
      expect(await at.credit.statusOf(byStaff)).toBe('Cancelled');
      expect(await at.toldOf('deposit-limits', byStaff)).toEqual([
        expect.stringContaining('was refused: The smallest deposit is'),
      ]);
      await limitDeposits('off', {});
    },
  );

  /** A deposit that is paid by card. @returns its invoice */
  async function deposited(amount: string): Promise<number> {
    const id = await at.people.deposit(email, amount);
    await at.people.pay(email, id, amount);
    await at.settle();
    return id;
  }
});

async function giveBonus(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>>,
): Promise<void> {
  await saveRule(at.installation.standIn, 'deposit-bonus', {
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
  await saveRule(at.installation.standIn, 'deposit-limits', {
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
  const rows = await at.installation.database.query<{ amount: string }>(
    `SELECT CAST(amount_hundredths / 100 AS DECIMAL(16, 2)) AS amount FROM mod_creditbridge_grants
     WHERE follows_invoice_id = ?`,
    [invoiceId],
  );
  return rows.map(({ amount }) => amount);
}
