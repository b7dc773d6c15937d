import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readBalance } from '../../src/operations/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { shows } from '../support/rule-paths.ts';
import { rulesAtWork } from '../support/rules-at-work.ts';
import { saveRule } from '../support/save-rule.ts';
import { visitAsClient } from '../support/stand-in-visitor.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addService } from '../support/whmcs-rows.ts';
import { askedMajors } from '../support/whmcs-version.ts';

// What renewals need is reserved when credit comes: our rules leave it alone, and WHMCS spending it is told. The whole system.

const at = rulesAtWork(
  ({ installation: { standIn } }) =>
    saveRule(standIn, 'auto-apply', {
      mode: 'on',
      inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
    }),
  {
    async rows(root) {
      await root.query('UPDATE tblclients SET credit = 0');
      await root.query('DELETE FROM tblcredit');
      await root.query("UPDATE tblhosting SET domainstatus = 'Cancelled'");
      await root.query("UPDATE tbldomains SET status = 'Cancelled'");
    },
  },
);

const CLIENTS = {
  '8.x': [
    { id: 1, email: 'anna@example.com' },
    { id: 2, email: 'ben@example.com' },
    { id: 8, email: 'hanna@example.com' },
    { id: 7, email: 'sql@example.com' },
  ],
  '9.x': [
    { id: 11, email: 'kurt@example.com' },
    { id: 12, email: 'laura@example.com' },
    { id: 15, email: 'otto@example.com' },
    { id: 5, email: 'ella@example.com' },
  ],
} as const;

beforeEach(() => setMode('on'));

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(at.installation.standIn, 'keep-for-renewals', {
    mode,
    inputs: { withinDays: '30', afterDueDays: '14', 'kinds/service': 'on', ...more },
  });
}

const available = async (client: number) =>
  (await readBalance(at.parts.db, client))?.availableHundredths;
const told = (client: number) =>
  at.installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_findings WHERE client_id = ? AND kind = 'reserved-spent'",
    [client],
  );

describe.each(askedMajors())('on %s', (major) => {
  const [first, second, third, fourth] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '9.x') await at.becomeNine();
    for (const { id } of CLIENTS[major]) {
      await addService(at.installation.database.root, {
        client: id,
        status: 'Active',
        amount: '30.00',
        due: whmcsDay(5),
      });
    }
  });

  test(
    'the reserve that no rule of ours touches, and the order that spends it all the same, told',
    shows(
      ['keep-for-renewals', 'auto-apply'],
      ['on', 'client-form', 'competing', 'second-delivery'],
      ['8.x', '9.x'],
    ),
    async () => {
      await at.credit.give(first.id, '50.00');
      expect(await available(first.id)).toBe(2000n);
      const client = await visitAsClient(at.installation.standIn, first.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toMatch(/20\.00[^<]* is available for anything else/);
      expect(page.body).toMatch(/30\.00[^<]* for the renewal of service #\d+/);

      // Another rule of ours gets what is available, however often it is told.
      const other = await at.people.invoice(first.id, '40.00');
      await at.settle();
      await at.parts.receiver.receive([
        hookItem('InvoiceCreated', { invoiceid: other, status: 'Unpaid' }),
      ]);
      await at.settle();
      expect(await balanceOf(at.installation.database, first.id)).toBe('30.00');
      expect(await told(first.id)).toEqual([]);

      // WHMCS's own form spends the whole balance.
      const order = await at.people.invoice(first.id, '25.00');
      await at.settle();
      await at.people.payWithCredit(first.email, order, '25.00');
      await at.settle();
      expect(await balanceOf(at.installation.database, first.id)).toBe('5.00');
      await expect
        .poll(() => told(first.id), { timeout: 30_000 })
        .toEqual([
          {
            text: expect.stringMatching(
              /25\.00.* of it was reserved for the renewal of service #\d+/,
            ),
          },
        ]);
    },
  );

  test(
    'it reserves nothing while it is off, observes, or the client is frozen',
    shows('keep-for-renewals', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('off');
      await at.credit.give(second.id, '10.00');
      await setMode('observe');
      await at.credit.give(second.id, '10.00');
      await setMode('on');
      await at.freeze(second.id);
      await at.credit.give(second.id, '10.00');
      await at.unfreezeAll();
      expect(await available(second.id)).toBe(3000n);
      await at.credit.give(second.id, '10.00');
      expect(await available(second.id)).toBe(1000n);
    },
  );

  test(
    'a mass payment that the client pays with credit takes what is kept, and that is told',
    shows('keep-for-renewals', ['mass-payment'], ['8.x', '9.x']),
    async () => {
      // Of 40.00, 10.00 is available: another rule puts it on the invoice.
      const invoice = await at.people.invoice(second.id, '25.00');
      await at.settle();
      expect(await told(second.id)).toEqual([]);
      const bundle = await at.people.bundle(second.email, [invoice]);
      await at.people.payWithCredit(second.email, bundle, '15.00');
      await at.settle();
      expect(await balanceOf(at.installation.database, second.id)).toBe('15.00');
      await expect
        .poll(() => told(second.id), { timeout: 30_000 })
        .toEqual([{ text: expect.stringMatching(/15\.00.* of it was reserved for the renewal/) }]);
    },
  );

  test(
    'a client whose credit is kept for renewals orders without it where the admin wants that, and may use it where not',
    shows('keep-for-renewals', ['checkout'], ['8.x', '9.x']),
    async () => {
      await setMode('on', { refuseAtCheckout: 'on' });
      await at.credit.give(third.id, '50.00');
      const before = await ordersOf(third.id);
      const refused = await at.order(third, { applycredit: '1' });
      expect(refused.body).toContain('Your credit is kept for renewals that fall due soon.');
      expect(await ordersOf(third.id)).toBe(before);
      expect(await balanceOf(at.installation.database, third.id)).toBe('50.00');

      const placed = await at.order(third, {});
      expect(placed.body).not.toContain('Your credit is kept for renewals');
      expect(await ordersOf(third.id)).toBe(before + 1);

      await setMode('on');
      await at.installation.work();
      await at.order(third, { applycredit: '1' });
      expect(await ordersOf(third.id)).toBe(before + 2);
    },
  );

  test(
    'the daily run reserves for credit that came before the rule was on; staff and the API that spend it are told',
    shows('keep-for-renewals', ['run', 'admin', 'api'], ['8.x', '9.x']),
    async () => {
      await setMode('off');
      await at.credit.give(fourth.id, '50.00');
      await setMode('on');
      await at.credit.run(major === '8.x' ? 1 : 2);
      expect(await available(fourth.id)).toBe(2000n);

      const invoice = await at.people.invoice(fourth.id, '45.00');
      await at.settle();
      expect(await balanceOf(at.installation.database, fourth.id)).toBe('30.00');
      expect(await told(fourth.id)).toEqual([]);
      await at.people.onInvoice(invoice, 'addcredit', { amount: '10.00' });
      await at.settle();
      await expect.poll(() => told(fourth.id), { timeout: 30_000 }).toHaveLength(1);
      await at.installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '15.00',
      });
      await at.settle();
      await expect.poll(() => told(fourth.id), { timeout: 30_000 }).toHaveLength(2);
    },
  );
});

async function ordersOf(client: number): Promise<number> {
  const rows = await at.installation.database.query('SELECT id FROM tblorders WHERE userid = ?', [
    client,
  ]);
  return rows.length;
}
