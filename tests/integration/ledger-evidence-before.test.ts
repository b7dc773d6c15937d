import { afterAll, afterEach, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { explainedSince, lastSequence } from '../support/explained-log.ts';
import { openFollower } from '../support/open-follower.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

// Money and changes of services from before the adoption became credit then; they prove no row of afterwards.

const database = await createServiceDatabase(testDatabaseServer());
await addCurrencies(database.root);
const follower = openFollower(database);
afterAll(async () => {
  await follower.close();
  await database.drop();
});
afterEach(() => expectCoherentLedger(database));

async function credit(client: number, amount: string, on: string, admin = 0): Promise<void> {
  await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [amount, client]);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount, admin_id) VALUES (?, ?, 'Some words', ?, ?)",
    [client, on, amount, admin],
  );
}

const pay = (client: number, amount: string, on: string) =>
  database.query(
    "INSERT INTO tblaccounts (userid, currency, gateway, date, description, amountin, fees, amountout, rate, transid, invoiceid, refundid) VALUES (?, 1, 'banktransfer', ?, 'Payment', ?, 0, 0, 1, '', 0, 0)",
    [client, on, amount],
  );

test('a payment that became credit before the adoption makes no gift of afterwards refundable', async () => {
  const client = await addClient(database.root);
  await pay(client, '20.00', '2026-11-10');
  await credit(client, '20.00', '2026-11-10', 1);
  await pay(client, '30.00', '2026-11-20');
  await follower.round();
  const before = await lastSequence(database);
  await credit(client, '20.00', '2026-11-23', 1);
  await credit(client, '30.00', '2026-11-23', 1);
  await follower.round();
  expect(await explainedSince(database, client, before)).toEqual([
    expect.stringContaining('manual'),
    expect.stringContaining('payment-to-credit'),
  ]);
});
