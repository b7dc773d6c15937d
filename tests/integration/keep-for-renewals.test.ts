import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { readBalance } from '../../src/operations/index.ts';
import { type CreditAtWork, creditAtWork } from '../support/credit-at-work.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { type Visitor, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addService } from '../support/whmcs-rows.ts';

// What renewals need is reserved when credit comes: our rules leave it alone, and WHMCS spending it is told. The whole system.

let installation: Installation;
let people: People;
let credit: CreditAtWork;
let parts: Parts;

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

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  credit = creditAtWork(installation, people);
  const { root } = installation.database;
  await root.query('UPDATE tblclients SET credit = 0');
  await root.query('DELETE FROM tblcredit');
  await root.query("UPDATE tblhosting SET domainstatus = 'Cancelled'");
  await root.query("UPDATE tbldomains SET status = 'Cancelled'");
  await saveRule(installation.standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
  });
  await waitForLedger(installation);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
});

beforeEach(() => setMode('on'));

afterEach(async () => {
  await settleLedger(installation);
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

async function setMode(
  mode: 'off' | 'observe' | 'on',
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  await saveRule(installation.standIn, 'keep-for-renewals', {
    mode,
    inputs: { withinDays: '30', afterDueDays: '14', 'kinds/service': 'on', ...more },
  });
}

const available = async (client: number) =>
  (await readBalance(parts.db, client))?.availableHundredths;
const told = (client: number) =>
  installation.database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_findings WHERE client_id = ? AND kind = 'reserved-spent'",
    [client],
  );

async function giveCredit(client: number, amount: string): Promise<void> {
  await people.changeByHand(client, { type: 'add', amount, description: 'Paid in' });
  await settleLedger(installation);
}

describe.each(['8.x', '9.x'] as const)('on %s', (major) => {
  const [first, second, third, fourth] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '9.x') {
      await installation.standIn.setSwitch('ledger', '9.x');
      await grantAgain(installation.database);
      await installation.work();
    }
    for (const { id } of CLIENTS[major]) {
      await addService(installation.database.root, {
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
      await giveCredit(first.id, '50.00');
      expect(await available(first.id)).toBe(2000n);
      const client = await visitAsClient(installation.standIn, first.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toMatch(/20\.00[^<]* is available for anything else/);
      expect(page.body).toMatch(/30\.00[^<]* for the renewal of service #\d+/);

      // Another rule of ours gets what is available, however often it is told.
      const other = await people.invoice(first.id, '40.00');
      await settleLedger(installation);
      await parts.receiver.receive([
        hookItem('InvoiceCreated', { invoiceid: other, status: 'Unpaid' }),
      ]);
      await settleLedger(installation);
      expect(await balanceOf(installation.database, first.id)).toBe('30.00');
      expect(await told(first.id)).toEqual([]);

      // WHMCS's own form spends the whole balance.
      const order = await people.invoice(first.id, '25.00');
      await settleLedger(installation);
      await people.payWithCredit(first.email, order, '25.00');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, first.id)).toBe('5.00');
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
      await giveCredit(second.id, '10.00');
      await setMode('observe');
      await giveCredit(second.id, '10.00');
      await setMode('on');
      const { root } = installation.database;
      await root.query(
        `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
         VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
        [second.id],
      );
      await giveCredit(second.id, '10.00');
      await root.query('DELETE FROM mod_creditbridge_frozen_clients');
      expect(await available(second.id)).toBe(3000n);
      await giveCredit(second.id, '10.00');
      expect(await available(second.id)).toBe(1000n);
    },
  );

  test(
    'a client whose credit is kept for renewals orders without it where the admin wants that, and may use it where not',
    shows('keep-for-renewals', ['checkout'], ['8.x', '9.x']),
    async () => {
      await setMode('on', { refuseAtCheckout: 'on' });
      await giveCredit(third.id, '50.00');
      const client = await visitAsClient(installation.standIn, third.email);
      const before = await ordersOf(third.id);
      const refused = await order(client, { applycredit: '1' });
      expect(refused.body).toContain('Your credit is kept for renewals that fall due soon.');
      expect(await ordersOf(third.id)).toBe(before);
      expect(await balanceOf(installation.database, third.id)).toBe('50.00');

      const placed = await order(client, {});
      expect(placed.body).not.toContain('Your credit is kept for renewals');
      expect(await ordersOf(third.id)).toBe(before + 1);

      await setMode('on');
      await installation.work();
      await order(client, { applycredit: '1' });
      expect(await ordersOf(third.id)).toBe(before + 2);
    },
  );

  test(
    'the daily run reserves for credit that came before the rule was on; staff and the API that spend it are told',
    shows('keep-for-renewals', ['run', 'admin', 'api'], ['8.x', '9.x']),
    async () => {
      await setMode('off');
      await giveCredit(fourth.id, '50.00');
      await setMode('on');
      await credit.run(major === '8.x' ? 1 : 2);
      expect(await available(fourth.id)).toBe(2000n);

      const invoice = await people.invoice(fourth.id, '45.00');
      await settleLedger(installation);
      expect(await balanceOf(installation.database, fourth.id)).toBe('30.00');
      expect(await told(fourth.id)).toEqual([]);
      await people.onInvoice(invoice, 'addcredit', { amount: '10.00' });
      await settleLedger(installation);
      await expect.poll(() => told(fourth.id), { timeout: 30_000 }).toHaveLength(1);
      await installation.standIn.api('ApplyCredit', {
        invoiceid: String(invoice),
        amount: '15.00',
      });
      await settleLedger(installation);
      await expect.poll(() => told(fourth.id), { timeout: 30_000 }).toHaveLength(2);
    },
  );
});

/** Orders by the cart. @returns the page after it */
async function order(client: Visitor, fields: Readonly<Record<string, string>>) {
  const page = 'cart.php?a=checkout&pid=2&billingcycle=Monthly';
  await client.get(page);
  return client.post(page, {
    pid: '2',
    billingcycle: 'Monthly',
    paymentmethod: 'standincard',
    ...fields,
  });
}

async function ordersOf(client: number): Promise<number> {
  const rows = await installation.database.query('SELECT id FROM tblorders WHERE userid = ?', [
    client,
  ]);
  return rows.length;
}
