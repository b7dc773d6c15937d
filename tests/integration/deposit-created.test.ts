import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../src/db/index.ts';
import { createManifests } from '../../src/deliveries/index.ts';
import { createEngine, type Engine } from '../../src/rules/engine/index.ts';
import { loadSettings } from '../../src/settings/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, type TestReceiver, turnOn } from '../support/test-receiver.ts';
import { addClient, addCurrencies, addDeposit, addInvoice } from '../support/whmcs-rows.ts';

// DepositCreated: InvoiceCreated on an invoice with an AddFunds line.

const database = await createServiceDatabase(testDatabaseServer());
let engine: Engine;
let receiver: TestReceiver;

beforeAll(async () => {
  await addCurrencies(database.root);
  const rules = [join(import.meta.dirname, '../fixtures/rules/hears-deposits.ts')];
  engine = await createEngine({ rules, timeoutMs: 5_000 });
  receiver = createTestReceiver(database, engine);
  await turnOn(database, 'hears-deposits', {});
});

afterAll(async () => {
  await receiver.close();
  await engine.close();
  await database.drop();
});

test('a created deposit reaches the rules once, however often it is told; other invoices and payments do not', async () => {
  const client = await addClient(database.root);
  const deposit = await addDeposit(database.root, { client, total: '50.00' });
  const ordinary = await addInvoice(database.root, { client, total: '20.00' });
  const container = await addInvoice(database.root, {
    client,
    total: '50.00',
    lines: [{ type: 'Invoice', relid: deposit, amount: '50.00' }],
  });
  const created = (invoiceid: number) =>
    hookItem('InvoiceCreated', { invoiceid, status: 'Unpaid' });
  await receiver.receive([created(deposit), created(ordinary), created(container)]);
  await receiver.receive([created(deposit)]);
  const notices = await database.query(
    'SELECT client_id, invoice_id, text FROM mod_creditbridge_notices',
  );
  expect(notices).toEqual([
    { client_id: client, invoice_id: deposit, text: 'DepositCreated deposit AddFunds' },
  ]);
});

test('a rule that hears created deposits has the shim send created invoices', async () => {
  const db = connect(database.serviceUrl, 1);
  const manifest = await createManifests({ engine, db }).for(await loadSettings(db));
  await db.destroy();
  expect(Object.keys(manifest.hooks)).toContain('InvoiceCreated');
  expect(Object.keys(manifest.hooks)).not.toContain('DepositCreated');
});
