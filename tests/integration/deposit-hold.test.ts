import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseAmount } from '../../src/money/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork, type Who } from '../support/rules-at-work.ts';
import { addonPath, postAct, saveRule } from '../support/save-rule.ts';
import { waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { askedMajors } from '../support/whmcs-version.ts';

// Deposits of new clients wait, off the balance, from the payment to the day on which they come back: the whole system.

const at = rulesAtWork(undefined, {
  async rows(root) {
    await root.query('UPDATE tblclients SET credit = 0, datecreated = ?', [whmcsDay(-2)]);
    await root.query('DELETE FROM tblcredit');
  },
});

/** Clients with US dollars, and nothing else of interest; for 8.x and for 9.x. */
const CLIENTS = {
  '8.x': [
    { id: 1, email: 'anna@example.com' },
    { id: 2, email: 'ben@example.com' },
    { id: 6, email: 'html@example.com' },
    { id: 7, email: 'sql@example.com' },
    { id: 8, email: 'hanna@example.com' },
  ],
  '9.x': [
    { id: 11, email: 'kurt@example.com' },
    { id: 12, email: 'laura@example.com' },
    { id: 15, email: 'otto@example.com' },
    { id: 5, email: 'ella@example.com' },
    { id: 13, email: 'marco@example.com' },
  ],
} as const;

beforeEach(() => setMode('on'));

async function setMode(mode: 'off' | 'observe' | 'on'): Promise<void> {
  const inputs = { newForDays: '30', waitDays: '14' };
  await saveRule(at.installation.standIn, 'deposit-hold', { mode, inputs });
}

const remainingOf = async ({ id }: Who) =>
  (await grantsOf(at.installation.database, id))
    .filter(({ remaining }) => remaining > 0)
    .map(({ kind, remaining }) => [kind, remaining]);

/** The shim keeps what it has to tell, as while the service does not answer. */
async function holdHooks(): Promise<void> {
  await at.installation.database.query(
    'UPDATE mod_creditbridge_settings SET breaker_failures = 5, breaker_open_until = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR',
  );
}

async function sendHooks(): Promise<void> {
  await at.installation.database.query(
    'UPDATE mod_creditbridge_settings SET breaker_failures = 0, breaker_open_until = NULL, breaker_probe_until = NULL',
  );
}

async function spooledHooks(): Promise<readonly string[]> {
  const rows = await at.installation.database.query<{ hook: string }>(
    'SELECT hook FROM mod_creditbridge_spool',
  );
  return rows.map(({ hook }) => hook);
}

/** All credit that WHMCS was or is asked to put on the client's invoices. */
async function askedToApply({ id }: Who): Promise<bigint> {
  const [row] = await at.installation.database.query<{ sum: string }>(
    "SELECT COALESCE(SUM(amount_hundredths), 0) AS sum FROM mod_creditbridge_commands WHERE action = 'ApplyCredit' AND client_id = ?",
    [id],
  );
  return BigInt(row?.sum ?? 0);
}

/** As if its days were over. */
async function letDaysPass({ id }: Who): Promise<void> {
  await at.installation.database.root.query(
    'UPDATE mod_creditbridge_parkings SET until_on = until_on - INTERVAL 20 DAY WHERE client_id = ?',
    [id],
  );
}

describe.each(askedMajors())('on %s', (major) => {
  const [first, second, third, fourth, fifth] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
  });

  test(
    'a new client’s deposit is off the balance until its days are over, and the client reads why',
    shows('deposit-hold', ['client-form', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const invoice = await at.deposit(first, '50.00');
      await at.expectParkings(first.id, ['parked 5000']);
      expect(await balanceOf(at.installation.database, first.id)).toBe('0.00');
      const client = await visitAsClient(at.installation.standIn, first.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toContain('The first deposits of a new account wait some days.');
      expect(page.body).toContain(`Deposit #${invoice} can be used after 14 days.`);

      // WHMCS tells the same payment again.
      const { results } = await at.parts.receiver.receive([
        hookItem('InvoicePaid', { invoiceid: invoice }),
      ]);
      expect(results).toMatchObject([{ outcome: 'accepted' }]);
      await at.expectParkings(first.id, ['parked 5000']);

      await letDaysPass(first);
      await at.expectParkings(first.id, ['given-back 5000']);
      expect(await balanceOf(at.installation.database, first.id)).toBe('50.00');
      expect(await remainingOf(first)).toEqual([['paid', 5000]]);
      const [decided] = await at.installation.database.query<{ by: string; why: string }>(
        'SELECT decided_by AS `by`, decision_reason AS why FROM mod_creditbridge_parkings WHERE client_id = ?',
        [first.id],
      );
      expect(decided).toMatchObject({ by: 'rule:deposit-hold' });
      expect(decided?.why).toMatch(/It waited until \d{4}-\d\d-\d\d, and that day is over/);
    },
  );

  test('a chargeback takes exactly the deposit that waits, and no other credit of the client', async () => {
    const { id, email } = second;
    await at.people.changeByHand(id, { type: 'add', amount: '20.00', description: 'Other credit' });
    const invoice = await at.deposit(second, '50.00');
    await at.expectParkings(second.id, ['parked 5000']);
    await at.people.chargeBack(invoice);
    await at.expectParkings(second.id, ['given-back 5000']);
    expect(await balanceOf(at.installation.database, id)).toBe('20.00');
    expect(await remainingOf(second)).toEqual([['adjustment', 2000]]);
    const page = await (await visitAsClient(at.installation.standIn, email)).get(
      'index.php?m=creditbridge',
    );
    expect(page.body).not.toContain('Used beyond what there was');
  });

  test('a plain refund of a deposit that waits leaves nothing to come back', async () => {
    const invoice = await at.deposit(third, '50.00');
    await at.expectParkings(third.id, ['parked 5000']);
    await at.people.refund(invoice, '50.00');
    // WHMCS may still take the credit itself, some minutes after the payment's row.
    await at.expectParkings(third.id, ['parked 5000']);
    await at.installation.database.root.query(
      'UPDATE tblaccounts SET date = date - INTERVAL 1 HOUR WHERE invoiceid = ?',
      [invoice],
    );
    await at.expectParkings(third.id, ['kept 5000']);
    await letDaysPass(third);
    await at.expectParkings(third.id, ['kept 5000']);
    expect(await balanceOf(at.installation.database, third.id)).toBe('0.00');
  });

  test(
    'an admin gives a deposit back before its day, or it is not parked at all: old clients, observe, off, frozen',
    shows('deposit-hold', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      for (const mode of ['off', 'observe'] as const) {
        await setMode(mode);
        await at.deposit(fourth, '10.00');
        await at.settle();
      }
      await setMode('on');
      await at.freeze(fourth.id);
      await at.deposit(fourth, '10.00');
      await at.settle();
      await at.unfreezeAll();
      await at.installation.database.root.query(
        'UPDATE tblclients SET datecreated = ? WHERE id = ?',
        ['2020-01-01', fourth.id],
      );
      await at.deposit(fourth, '10.00');
      await at.settle();
      expect(await at.parkingsOf(fourth.id)).toEqual([]);
      expect(await balanceOf(at.installation.database, fourth.id)).toBe('40.00');

      await at.deposit(fifth, '30.00');
      await at.expectParkings(fifth.id, ['parked 3000']);
      const admin = await visitAsAdmin(at.installation.standIn, 'admin');
      const page = await admin.get(addonPath('parked'));
      expect(page.body).toContain('The rule deposit-hold parked it.');
      await postAct(admin, 'parked', 'give-back-parked', { reason: 'Known from elsewhere.' });
      await at.expectParkings(fifth.id, ['given-back 3000']);
      expect(await balanceOf(at.installation.database, fifth.id)).toBe('30.00');
    },
  );

  test(
    'no other rule spends a deposit that has to wait, although the ledger tells of its credit before WHMCS’s hook comes',
    shows(['deposit-hold', 'auto-apply'], ['competing'], ['8.x', '9.x']),
    async () => {
      await saveRule(at.installation.standIn, 'auto-apply', {
        mode: 'on',
        inputs: { whenCreditArrives: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
      });
      await at.installation.database.root.query(
        'UPDATE tblclients SET datecreated = ? WHERE id = ?',
        [whmcsDay(), fifth.id],
      );
      // The client has 30.00 that came back; the deposit would be enough for the rest.
      await at.people.invoice(fifth.id, '40.00');
      await holdHooks();
      await at.deposit(fifth, '25.00');
      await waitForLedger(at.installation);
      expect(await spooledHooks()).toContain('InvoicePaid');
      expect(await at.parkingsOf(fifth.id)).toEqual([
        'given-back 3000',
        expect.stringMatching(/^(reserved|parked) 2500$/),
      ]);
      expect(await askedToApply(fifth)).toBeLessThanOrEqual(3000n);

      await sendHooks();
      await at.expectParkings(fifth.id, ['given-back 3000', 'parked 2500']);
      await saveRule(at.installation.standIn, 'auto-apply', {
        mode: 'off',
        inputs: { dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
      });
      const [applied] = await at.installation.database.query<{ sum: string }>(
        "SELECT SUM(amount_hundredths) AS sum FROM mod_creditbridge_commands WHERE action = 'ApplyCredit' AND state = 'done' AND client_id = ?",
        [fifth.id],
      );
      // The other credit is on the invoice or still there, and nothing of the deposit is used.
      const rest = parseAmount((await balanceOf(at.installation.database, fifth.id)) ?? '');
      expect(BigInt(applied?.sum ?? 0) + rest).toBe(3000n);
      expect(BigInt(applied?.sum ?? 0)).toBeGreaterThan(0n);
    },
  );
});
