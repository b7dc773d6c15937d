import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { entriesOf } from '../../src/books/index.ts';
import { previewPast } from '../../src/preview/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, remainingOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { addonPath, postAct, saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin, visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// A deposit that is charged back: who is frozen and told, and which deposits wait afterwards. The whole system.

let installation: Installation;
let people: People;
let parts: Parts;

/** Clients with US dollars, and nothing else of interest; for 8.x and for 9.x. */
const CLIENTS = {
  '8.x': [
    { id: 1, email: 'anna@example.com' },
    { id: 2, email: 'ben@example.com' },
    { id: 6, email: 'html@example.com' },
  ],
  '9.x': [
    { id: 11, email: 'kurt@example.com' },
    { id: 12, email: 'laura@example.com' },
    { id: 15, email: 'otto@example.com' },
  ],
} as const;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
  const { root } = installation.database;
  await root.query("UPDATE tblclients SET credit = 0, datecreated = '2019-01-01'");
  await root.query('DELETE FROM tblcredit');
  await waitForLedger(installation);
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
});

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
  const inputs = { holdDays: '30', hold: 'gateway', mailSubject: 'Taken back', ...more };
  await saveRule(installation.standIn, 'reversal-policy', { mode, inputs });
}

interface Who {
  readonly id: number;
  readonly email: string;
}

async function deposit({ email }: Who, amount: string): Promise<number> {
  const invoice = await people.deposit(email, amount);
  await people.pay(email, invoice, amount);
  await settleLedger(installation);
  return invoice;
}

/** @returns the deposit that was paid and charged back */
async function depositAndChargeBack(who: Who, amount: string): Promise<number> {
  const invoice = await deposit(who, amount);
  await people.chargeBack(invoice);
  await settleLedger(installation);
  return invoice;
}

/** Lets the rules hear once more of what the ledger found of these reversals. */
async function tellAgain(invoice: number): Promise<void> {
  const rows = await installation.database.query<{ sequence: number }>(
    "SELECT sequence FROM mod_creditbridge_entries WHERE invoice_id = ? AND kind = 'reversal'",
    [invoice],
  );
  expect(rows).toHaveLength(1);
  const sequences = rows.map(({ sequence }) => BigInt(sequence));
  await parts.announce(await entriesOf(parts.db, sequences));
  await settleLedger(installation);
}

const freezesOf = ({ id }: Who) =>
  installation.database.query(
    'SELECT frozen_by AS `by`, reason FROM mod_creditbridge_frozen_clients WHERE client_id = ?',
    [id],
  );
const noticesOf = async ({ id }: Who) =>
  (
    await installation.database.query<{ text: string }>(
      "SELECT text FROM mod_creditbridge_notices WHERE client_id = ? AND rule = 'reversal-policy' ORDER BY created_at, fact",
      [id],
    )
  ).map(({ text }) => text);
const outcomesOf = async ({ id }: Who) =>
  (
    await installation.database.query<{ outcome: string; effect: string }>(
      "SELECT outcome, effect FROM mod_creditbridge_decisions WHERE client_id = ? AND rule = 'reversal-policy' AND event = 'PaymentReversed' ORDER BY effect",
      [id],
    )
  ).map(({ outcome, effect }) => `${outcome} ${effect}`);
const parkingsOf = async ({ id }: Who) =>
  (
    await installation.database.query<{ state: string; amount: number; untilOn: string }>(
      `SELECT state, CAST(amount_hundredths AS SIGNED) AS amount,
         CAST(DATEDIFF(until_on, CURDATE()) AS CHAR) AS untilOn
       FROM mod_creditbridge_parkings WHERE client_id = ? ORDER BY id`,
      [id],
    )
  ).map(({ state, amount, untilOn }) => `${state} ${amount} for ${untilOn} days`);

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

describe.each(['8.x', '9.x'] as const)('on %s', (major) => {
  const [first, second, third] = CLIENTS[major];

  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await installation.work();
  });

  test(
    'a chargeback freezes its client in the rule’s name and tells the admins; what an admin ended does not come back when it is told again',
    shows('reversal-policy', ['client-form', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      // No deposit waits: what is parked comes back when its payment is reversed, and for a frozen client not before the thaw.
      await setMode('on', { freeze: 'on', holdDays: '0' });
      const invoice = await depositAndChargeBack(first, '50.00');
      const reason = `The payment of invoice #${invoice} by standincard was taken back.`;
      await expect.poll(() => freezesOf(first)).toEqual([{ by: 'rule:reversal-policy', reason }]);
      const told = [`${reason} Client #${first.id} is frozen until an admin ends that.`];
      expect(await noticesOf(first)).toEqual(told);
      const audited = () =>
        installation.database.query(
          "SELECT actor, act FROM mod_creditbridge_audit WHERE target = ? AND act LIKE 'client-%' ORDER BY sequence",
          [`client:${first.id}`],
        );
      expect(await audited()).toEqual([{ actor: 'rule:reversal-policy', act: 'client-freeze' }]);

      const admin = await visitAsAdmin(installation.standIn, 'admin');
      const page = await admin.get(addonPath(`client/${first.id}`));
      expect(page.body).toContain('Frozen by the rule “reversal-policy”');
      expect(page.body).toContain(reason);
      await postAct(admin, `client/${first.id}`, 'unfreeze-client', { reason: 'Settled' });
      expect(await freezesOf(first)).toEqual([]);

      await tellAgain(invoice);
      expect(await freezesOf(first)).toEqual([]);
      expect(await noticesOf(first)).toEqual(told);
      expect(await audited()).toEqual([
        { actor: 'rule:reversal-policy', act: 'client-freeze' },
        { actor: 'admin:1', act: 'client-unfreeze' },
      ]);

      // Another reversal is another fact.
      await depositAndChargeBack(first, '20.00');
      await expect.poll(() => freezesOf(first)).toMatchObject([{ by: 'rule:reversal-policy' }]);
    },
  );

  test(
    'a deposit within the days after a reversal waits, for as long as the stricter of two rules says, and the client gets the mail',
    shows(['reversal-policy', 'deposit-hold'], ['competing', 'client-form'], ['8.x', '9.x']),
    async () => {
      await setMode('on', { mailText: 'Please call us.' });
      const waits = { newForDays: '0', waitDays: '10', 'gateways/0': 'standincard' };
      const invoice = await deposit(second, '50.00');
      await saveRule(installation.standIn, 'deposit-hold', { mode: 'on', inputs: waits });
      await people.chargeBack(invoice);
      await settleLedger(installation);
      await expect
        .poll(() =>
          installation.database.query(
            "SELECT state FROM mod_creditbridge_commands WHERE client_id = ? AND rule = 'reversal-policy' AND action = 'SendEmail'",
            [second.id],
          ),
        )
        .toEqual([{ state: 'done' }]);
      expect(await freezesOf(second)).toEqual([]);
      expect(await balanceOf(installation.database, second.id)).toBe('0.00');

      const later = await deposit(second, '20.00');
      await expectParkings(second, ['parked 2000 for 29 days']);
      expect(await balanceOf(installation.database, second.id)).toBe('0.00');
      const client = await visitAsClient(installation.standIn, second.email);
      const page = await client.get('index.php?m=creditbridge');
      expect(page.body).toContain('can be used after');
      expect(page.body).toContain(`Deposit #${later}`);

      await installation.database.root.query(
        'UPDATE mod_creditbridge_parkings SET until_on = CURDATE() - INTERVAL 1 DAY WHERE client_id = ?',
        [second.id],
      );
      await expect
        .poll(async () => {
          await parts.operations.lookAfterParkings(new Date());
          await settleLedger(installation);
          return balanceOf(installation.database, second.id);
        })
        .toBe('20.00');
      expect(await remainingOf(installation.database, second.id)).toEqual({ paid: 2000 });
      await saveRule(installation.standIn, 'deposit-hold', { mode: 'off', inputs: waits });
    },
  );

  test(
    'off it does nothing, in observe it says what it would do, and the freeze of an admin stays as it is',
    shows('reversal-policy', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      await setMode('off', { freeze: 'on' });
      await depositAndChargeBack(third, '10.00');
      expect(await outcomesOf(third)).toEqual([]);
      await setMode('observe', { freeze: 'on' });
      await depositAndChargeBack(third, '10.00');
      await expect.poll(() => outcomesOf(third)).toEqual(['observed freeze', 'observed notify']);
      expect(await freezesOf(third)).toEqual([]);
      expect(await noticesOf(third)).toEqual([]);
      // Nor does a deposit wait because of them.
      await deposit(third, '10.00');
      expect(await parkingsOf(third)).toEqual([]);

      await setMode('on', { freeze: 'on' });
      const admin = await visitAsAdmin(installation.standIn, 'admin');
      await postAct(admin, `client/${third.id}`, 'freeze-client');
      const invoice = await deposit(third, '30.00');
      await people.chargeBack(invoice);
      await settleLedger(installation);
      await expect.poll(() => noticesOf(third)).toHaveLength(1);
      expect(await freezesOf(third)).toEqual([{ by: 'admin:1', reason: '' }]);
      expect(await parkingsOf(third)).toEqual([]);
    },
  );

  test(
    'a preview of the past counts every reversal that it would have answered, and freezes nobody',
    shows('reversal-policy', ['previewed'], ['8.x', '9.x']),
    async () => {
      const { root } = installation.database;
      await root.query('DELETE FROM mod_creditbridge_frozen_clients');
      const [reversals] = await installation.database.query<{ count: number }>(
        "SELECT COUNT(*) AS count FROM mod_creditbridge_entries WHERE kind = 'reversal'",
      );
      const { effects } = await previewPast({
        db: parts.db,
        engine: parts.engine,
        drafts: [
          {
            rule: 'reversal-policy',
            layer: 'installation',
            layerId: 0,
            mode: 'on',
            settings: { freeze: true, holdDays: 0 },
          },
        ],
        signal: AbortSignal.timeout(60_000),
        onProgress: () => undefined,
      });
      const counted = effects
        .filter(({ rule }) => rule === 'reversal-policy')
        .map(({ effect, count }) => [effect, count]);
      const count = Number(reversals?.count);
      expect(count).toBeGreaterThan(5);
      expect(counted.toSorted()).toEqual([
        ['freeze', count],
        ['notify', count],
      ]);
      expect(
        await installation.database.query('SELECT * FROM mod_creditbridge_frozen_clients'),
      ).toEqual([]);
    },
  );
});
