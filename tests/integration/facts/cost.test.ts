import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../src/db/index.ts';
import { type Need, needs } from '../../../src/rules/facts.ts';
import { loadFactsOf, statementsOf } from '../../support/facts-of.ts';
import { beginLedger } from '../../support/mirror-log.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { testDatabaseServer } from '../../support/test-database-server.ts';
import { addClient, addCurrencies, addInvoice } from '../../support/whmcs-rows.ts';

// What facts cost: nothing when nobody asks for them, and the same number of statements for one client as for many.

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 1);
const clients: number[] = [];
const invoices: number[] = [];

beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(db);
  for (let index = 0; index < 20; index += 1) {
    const client = await addClient(database.root);
    clients.push(client);
    invoices.push(await addInvoice(database.root, { client, total: '20.00' }));
  }
  // The first call of a connection also looks at the tables.
  await loadFactsOf(db, { clients, needs: [] });
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

async function statementsFor(wanted: readonly Need[], many: number): Promise<number> {
  const statements = await statementsOf(() =>
    loadFactsOf(db, {
      clients: clients.slice(0, many),
      invoices: invoices.slice(0, many),
      needs: wanted,
    }),
  );
  return statements.length;
}

test('without needs only clients, their holds and the events’ invoices are read, and nothing about lines, services or money', async () => {
  // BEGIN; live commands, proposals and credit in doubt; clients, invoices, COMMIT.
  expect(await statementsFor([], 20)).toBe(7);
});

test.each(needs)('%s costs as many statements for twenty clients as for one', async (need) => {
  expect(await statementsFor([need], 20)).toBe(await statementsFor([need], 1));
});

test('lines cost one statement more', async () => {
  expect(await statementsFor(['lines'], 20)).toBe((await statementsFor([], 20)) + 1);
});
