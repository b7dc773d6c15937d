import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { createPeople, type People } from '../support/people.ts';
import { shows } from '../support/rule-paths.ts';
import { postAct, saveRule } from '../support/save-rule.ts';
import { grantAgain } from '../support/service-account.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// Payments that look wrong, from the gateway's call to the admin's decision: the whole system.

let installation: Installation;
let people: People;
let parts: Parts;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), { whmcs: '8.13' });
  people = createPeople(installation);
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

async function setMode(mode: 'off' | 'observe' | 'on', gateways = ''): Promise<void> {
  const inputs = { sameWithinMinutes: '5', surplusTimes: '3' };
  await saveRule(installation.standIn, 'payment-guard', {
    mode,
    inputs: gateways === '' ? inputs : { ...inputs, 'gateways/0': gateways },
  });
}

/** The gateway tells WHMCS of a payment. */
const pay = (invoice: number, amount: string, transaction: string) =>
  installation.standIn.api('AddInvoicePayment', {
    invoiceid: String(invoice),
    transid: transaction,
    gateway: 'standincard',
    amount,
  });
const newClient = () => addClient(installation.database.root);
const parkingsOf = async (client: number) =>
  (
    await installation.database.query<{ state: string; amount: number; rule: string }>(
      'SELECT state, CAST(amount_hundredths AS SIGNED) AS amount, rule FROM mod_creditbridge_parkings WHERE client_id = ? ORDER BY id',
      [client],
    )
  ).map(({ state, amount, rule }) => `${state} ${amount} ${rule}`.trim());
const noticesOf = async (client: number) =>
  (
    await installation.database.query<{ text: string }>(
      "SELECT text FROM mod_creditbridge_notices WHERE client_id = ? AND rule = 'payment-guard' ORDER BY created_at",
      [client],
    )
  ).map(({ text }) => text);

async function expectParkings(client: number, expected: readonly string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        await settleLedger(installation);
        await parts.operations.lookAfterParkings(new Date());
        return parkingsOf(client);
      },
      { timeout: 60_000, interval: 200 },
    )
    .toEqual(expected);
  await settleLedger(installation);
}

/** What an admin finds out about the client's parked credit. */
async function decide(act: 'give-back-parked' | 'keep-parked', client: number): Promise<void> {
  const admin = await visitAsAdmin(installation.standIn, 'admin');
  await postAct(admin, `parked&client=${client}`, act, { reason: 'The gateway was asked.' });
}

describe.each(['8.x', '9.x'])('on %s', (major) => {
  beforeAll(async () => {
    if (major === '8.x') return;
    await installation.standIn.setSwitch('ledger', '9.x');
    await grantAgain(installation.database);
    await installation.work();
  });

  test(
    'the callback that came twice, under another transaction id, is held and told, and taken back by an admin',
    shows('payment-guard', ['api', 'on', 'second-delivery'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const invoice = await people.invoice(client, '20.00');
      await pay(invoice, '20.00', `${major}-A`);
      await pay(invoice, '20.00', `${major}-B`);
      await expectParkings(client, ['parked 2000 payment-guard']);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
      expect(await noticesOf(client)).toEqual([
        expect.stringContaining('came within 5 minutes of the same'),
      ]);
      // WHMCS tells the same payments again.
      await parts.receiver.receive([hookItem('AddInvoicePayment', { invoiceid: invoice })]);
      await expectParkings(client, ['parked 2000 payment-guard']);
      expect(await noticesOf(client)).toHaveLength(1);
      await decide('keep-parked', client);
      await expectParkings(client, ['kept 2000 payment-guard']);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
    },
  );

  test(
    'the gateway whose surplus is no money of ours has it held, however small, and an admin releases it',
    shows('payment-guard', ['api'], ['8.x', '9.x']),
    async () => {
      await setMode('on', 'standincard');
      const client = await newClient();
      const invoice = await people.invoice(client, '20.00');
      await pay(invoice, '20.50', `${major}-C`);
      await expectParkings(client, ['parked 50 payment-guard']);
      expect(await noticesOf(client)).toEqual([
        expect.stringContaining('the surplus of this gateway is no money of the client’s'),
      ]);
      await decide('give-back-parked', client);
      await expectParkings(client, ['given-back 50 payment-guard']);
      expect(await balanceOf(installation.database, client)).toBe('0.50');
    },
  );

  test('a surplus of more than three times the invoice is held, one of as much is the client’s', async () => {
    const client = await newClient();
    const [much, enough] = [
      await people.invoice(client, '10.00'),
      await people.invoice(client, '10.00'),
    ];
    await pay(much, '41.00', `${major}-D`);
    await pay(enough, '40.00', `${major}-E`);
    await expectParkings(client, ['parked 3100 payment-guard']);
    expect(await balanceOf(installation.database, client)).toBe('30.00');
  });

  test(
    'what the host holds by itself is held once, whichever of both sees it first',
    shows('payment-guard', ['competing'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const invoice = await people.invoice(client, '10.00');
      // More than three times the invoice for the rule, and more than ten times for the host.
      await pay(invoice, '150.00', `${major}-F`);
      await expect
        .poll(
          async () => {
            await settleLedger(installation);
            return (await parkingsOf(client)).map((one) => one.split(' ').slice(0, 2).join(' '));
          },
          { timeout: 60_000, interval: 200 },
        )
        .toEqual(['parked 14000']);
      expect(await balanceOf(installation.database, client)).toBe('0.00');
    },
  );

  test(
    'off and in observe it holds nothing, and neither for a frozen client, whose payment is told all the same',
    shows('payment-guard', ['off', 'observe', 'frozen'], ['8.x', '9.x']),
    async () => {
      const client = await newClient();
      const payTwice = async (name: string) => {
        const invoice = await people.invoice(client, '20.00');
        await pay(invoice, '20.00', `${major}-${name}1`);
        await pay(invoice, '20.00', `${major}-${name}2`);
        await settleLedger(installation);
      };
      await setMode('off');
      await payTwice('off');
      await setMode('observe');
      await payTwice('observe');
      expect(await noticesOf(client)).toEqual([]);
      await setMode('on');
      await installation.database.root.query(
        `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
       VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
        [client],
      );
      await payTwice('frozen');
      expect((await noticesOf(client)).length).toBeGreaterThan(0);
      expect(await parkingsOf(client)).toEqual([]);
      expect(await balanceOf(installation.database, client)).toBe('60.00');
      await installation.database.root.query('DELETE FROM mod_creditbridge_frozen_clients');
    },
  );
});
