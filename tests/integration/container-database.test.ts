import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/rules/engine/index.ts';
import {
  type ChosenServer,
  startContainerDatabase,
  whyNoContainer,
} from '../support/container-database.ts';
import { hookItem } from '../support/hook-item.ts';
import { startInstallation } from '../support/installation.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import { addClient, addCurrencies, addInvoice } from '../support/whmcs-rows.ts';

// The server as its makers package it, with their settings: the private one of the other files has ours.

const obstacle = await whyNoContainer();
let server: ChosenServer | undefined;

beforeAll(async () => {
  if (obstacle === undefined) server = await startContainerDatabase();
});
afterAll(() => server?.stop());
beforeEach((context) => {
  context.skip(obstacle !== undefined, obstacle);
});

/** The server of the tests that were not skipped. */
function running(): ChosenServer {
  if (server === undefined) throw new Error('The container was not started.');
  return server;
}

test('on a database in a container the service decides with the rights of `grants` alone', async () => {
  const database = await createServiceDatabase(running().address);
  const engine = await createEngine({ rules: [], timeoutMs: 2000 });
  const receiver = createTestReceiver(database, engine);
  try {
    await addCurrencies(database.root);
    await turnOn(database, 'auto-apply', {});
    const client = await addClient(database.root, { credit: '20.00' });
    const invoice = await addInvoice(database.root, { client, total: '12.50' });

    const { results } = await receiver.receive([
      hookItem('InvoiceCreated', { invoiceid: invoice }),
    ]);

    expect(results).toMatchObject([{ outcome: 'accepted' }]);
    const commands = await database.query(
      'SELECT action, amount_hundredths FROM mod_creditbridge_commands WHERE client_id = ?',
      [client],
    );
    expect(commands).toEqual([{ action: 'ApplyCredit', amount_hundredths: 1250 }]);
  } finally {
    await receiver.close();
    await engine.close();
    await database.drop();
  }
});

test('on a database in a container the addon activates, and pairs with the service', async () => {
  const installation = await startInstallation(running().address);
  try {
    const [settings] = await installation.database.query(
      'SELECT state FROM mod_creditbridge_settings WHERE id = 1',
    );
    expect(settings).toEqual({ state: 'paired' });
  } finally {
    await installation.stop();
  }
});
