import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { parseAmount } from '../../src/money/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { addonPath, postAct, saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// Deposits of new clients wait, off the balance, from the payment to the day on which they come back: the whole system.

let installation: Installation;
let people: People;
let parts: Parts;

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

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  const { root } = installation.database;
  await root.query('UPDATE tblclients SET credit = 0, datecreated = CURDATE() - INTERVAL 2 DAY');
  await root.query('DELETE FROM tblcredit');
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

async function setMode(mode: 'off' | 'observe' | 'on'): Promise<void> {
  const inputs = { newForDays: '30', waitDays: '14' };
  await saveRule(installation.standIn, 'deposit-hold', { mode, inputs });
}

interface Who {
  readonly id: number;
  readonly email: string;
}

/** A deposit that the client paid by card; it is parked by the time this returns. */
async function deposit({ email }: Who, amount: string): Promise<number> {
  const invoice = await people.deposit(email, amount);
  await people.pay(email, invoice, amount);
  return invoice;
}

const parkingsOf = async ({ id }: Who) =>
  (
    await installation.database.query<{ state: string; amount: number }>(
      'SELECT state, CAST(amount_hundredths AS SIGNED) AS amount FROM mod_creditbridge_parkings WHERE client_id = ? ORDER BY id',
      [id],
    )
  ).map(({ state, amount }) => `${state} ${amount}`);
const remainingOf = async ({ id }: Who) =>
  (await grantsOf(installation.database, id))
    .filter(({ remaining }) => remaining > 0)
    .map(({ kind, remaining }) => [kind, remaining]);

/** Waits until the client's deposits are so. */
async function expectParkings(who: Who, expected: readonly string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        await settleLedger(installation);
        await parts.operations.lookAfterParkings(new Date());
        return parkingsOf(who);
      },
      { timeout: 60_000, interval: 200 },
    )
    .toEqual(expected);
  await settleLedger(installation);
}

/** As if its days were over. */
async function letDaysPass({ id }: Who): Promise<void> {
  await installation.database.root.query(
    'UPDATE mod_creditbridge_parkings SET until_on = until_on - INTERVAL 20 DAY WHERE client_id = ?',
    [id],
  );
}

describe.each(['8.x', '9.x'] as const)('on %s', (major) => {
  const [first, second, third, fourth, fifth] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await installation.work();
  });

  test(
    'a new client’s deposit is off the balance until its days are over, and the client reads why',
    shows('deposit-hold', ['client-form', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const invoice = await deposit(first, '50.00');
      await expectParkings(first, ['parked 5000']);
      expect(await balanceOf(installation.database, first.id)).toBe('0.00');
      const client = await visitAsClient(installation.standIn, first.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toContain('The first deposits of a new account wait some days.');
      expect(page.body).toContain(`Deposit #${invoice} can be used after 14 days.`);

      // WHMCS tells the same payment again.
      const { results } = await parts.receiver.receive([
        hookItem('InvoicePaid', { invoiceid: invoice }),
      ]);
      expect(results).toMatchObject([{ outcome: 'accepted' }]);
      await expectParkings(first, ['parked 5000']);

      await letDaysPass(first);
      await expectParkings(first, ['given-back 5000']);
      expect(await balanceOf(installation.database, first.id)).toBe('50.00');
      expect(await remainingOf(first)).toEqual([['paid', 5000]]);
      const [decided] = await installation.database.query<{ by: string; why: string }>(
        'SELECT decided_by AS `by`, decision_reason AS why FROM mod_creditbridge_parkings WHERE client_id = ?',
        [first.id],
      );
      expect(decided).toMatchObject({ by: 'rule:deposit-hold' });
      expect(decided?.why).toMatch(/It waited until \d{4}-\d\d-\d\d, and that day is over/);
    },
  );

  test('a chargeback takes exactly the deposit that waits, and no other credit of the client', async () => {
    const { id, email } = second;
    await people.changeByHand(id, { type: 'add', amount: '20.00', description: 'Other credit' });
    const invoice = await deposit(second, '50.00');
    await expectParkings(second, ['parked 5000']);
    await people.chargeBack(invoice);
    await expectParkings(second, ['given-back 5000']);
    expect(await balanceOf(installation.database, id)).toBe('20.00');
    expect(await remainingOf(second)).toEqual([['adjustment', 2000]]);
    const page = await (await visitAsClient(installation.standIn, email)).get(
      'index.php?m=creditbridge',
    );
    expect(page.body).not.toContain('Used beyond what there was');
  });

  test('a plain refund of a deposit that waits leaves nothing to come back', async () => {
    const invoice = await deposit(third, '50.00');
    await expectParkings(third, ['parked 5000']);
    await people.refund(invoice, '50.00');
    // WHMCS may still take the credit itself, some minutes after the payment's row.
    await expectParkings(third, ['parked 5000']);
    await installation.database.root.query(
      'UPDATE tblaccounts SET date = date - INTERVAL 1 HOUR WHERE invoiceid = ?',
      [invoice],
    );
    await expectParkings(third, ['kept 5000']);
    await letDaysPass(third);
    await expectParkings(third, ['kept 5000']);
    expect(await balanceOf(installation.database, third.id)).toBe('0.00');
  });

  test(
    'an admin gives a deposit back before its day, or it is not parked at all: old clients, observe, off, frozen',
    shows('deposit-hold', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      for (const mode of ['off', 'observe'] as const) {
        await setMode(mode);
        await deposit(fourth, '10.00');
        await settleLedger(installation);
      }
      await setMode('on');
      const { root } = installation.database;
      await root.query(
        `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
       VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
        [fourth.id],
      );
      await deposit(fourth, '10.00');
      await settleLedger(installation);
      await root.query('DELETE FROM mod_creditbridge_frozen_clients');
      await root.query('UPDATE tblclients SET datecreated = ? WHERE id = ?', [
        '2020-01-01',
        fourth.id,
      ]);
      await deposit(fourth, '10.00');
      await settleLedger(installation);
      expect(await parkingsOf(fourth)).toEqual([]);
      expect(await balanceOf(installation.database, fourth.id)).toBe('40.00');

      await deposit(fifth, '30.00');
      await expectParkings(fifth, ['parked 3000']);
      const admin = await visitAsAdmin(installation.standIn, 'admin');
      const page = await admin.get(addonPath('parked'));
      expect(page.body).toContain('The rule deposit-hold parked it.');
      await postAct(admin, 'parked', 'give-back-parked', { reason: 'Known from elsewhere.' });
      await expectParkings(fifth, ['given-back 3000']);
      expect(await balanceOf(installation.database, fifth.id)).toBe('30.00');
    },
  );

  test(
    'no other rule spends the deposit while it waits to be parked',
    shows(['deposit-hold', 'auto-apply'], ['competing'], ['8.x', '9.x']),
    async () => {
      await saveRule(installation.standIn, 'auto-apply', {
        mode: 'on',
        inputs: { whenCreditArrives: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
      });
      await installation.database.root.query(
        'UPDATE tblclients SET datecreated = CURDATE() WHERE id = ?',
        [fifth.id],
      );
      // The client has 30.00 that came back; the deposit would be enough for the rest.
      await people.invoice(fifth.id, '40.00');
      await deposit(fifth, '25.00');
      await expectParkings(fifth, ['given-back 3000', 'parked 2500']);
      await saveRule(installation.standIn, 'auto-apply', {
        mode: 'off',
        inputs: { dueOffsetDays: '0', coverage: 'partial', mail: 'as-is' },
      });
      const [applied] = await installation.database.query<{ sum: string }>(
        "SELECT SUM(amount_hundredths) AS sum FROM mod_creditbridge_commands WHERE action = 'ApplyCredit' AND state = 'done' AND client_id = ?",
        [fifth.id],
      );
      // The other credit is on the invoice or still there, and nothing of the deposit is used.
      const rest = parseAmount((await balanceOf(installation.database, fifth.id)) ?? '');
      expect(BigInt(applied?.sum ?? 0) + rest).toBe(3000n);
      expect(BigInt(applied?.sum ?? 0)).toBeGreaterThan(0n);
    },
  );
});
