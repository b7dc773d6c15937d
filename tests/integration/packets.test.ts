import { sql } from 'kysely';
import { PoolConnection } from 'mysql2';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { connectInPackets } from '../../src/db/index.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import { addClient, addCurrencies, addInvoice } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
const packets = connectInPackets(database.serviceUrl);
const engine = await createEngine({ rules: [], timeoutMs: 2000 });
const receiver = createTestReceiver(database, engine);
await addCurrencies(database.root);
afterAll(async () => {
  await packets.close();
  await receiver.close();
  await engine.close();
  await database.drop();
});

beforeEach(async () => {
  await database.query("DELETE FROM mod_creditbridge_state WHERE name IN ('a', 'b')");
});

const states = async () =>
  database.query(
    "SELECT name, value FROM mod_creditbridge_state WHERE name IN ('a', 'b') ORDER BY name",
  );

const insert = (name: string, value: string) =>
  sql`INSERT INTO mod_creditbridge_state (name, value) VALUES (${name}, ${value})`;

// The first transaction of a process also looks how tblaccounts tells notes from money.
beforeAll(() => packets.transaction(async () => undefined));

/** What went to the server, packet by packet, while the work was done. */
async function packetsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  const query = vi.spyOn(PoolConnection.prototype, 'query');
  try {
    await work();
    return query.mock.calls.map(([text]) => String(text));
  } finally {
    query.mockRestore();
  }
}

test('what is asked for in one turn happens in its order and is committed with it', async () => {
  let read: readonly unknown[] = [];
  const sent = await packetsOf(() =>
    packets.transaction(async (trx, commit) => {
      const [, { rows }] = await Promise.all([
        insert('a', '1').execute(trx),
        sql`SELECT value FROM mod_creditbridge_state WHERE name = 'a'`.execute(trx),
        insert('b', '2').execute(trx),
        commit(),
      ]);
      read = rows;
    }),
  );
  expect(read).toEqual([{ value: '1' }]);
  expect(sent).toHaveLength(1);
  expect(await states()).toHaveLength(2);
});

test('a COMMIT behind a statement that fails is not done, and the work is done again', async () => {
  await insert('b', '0').execute(receiver.db);
  let attempts = 0;
  await packets.transaction(async (trx, commit) => {
    attempts += 1;
    const other = attempts === 1 ? insert('b', 'twice') : sql`DO 0`;
    await Promise.all([insert('a', `${attempts}`).execute(trx), other.execute(trx), commit()]);
  });
  expect(await states()).toEqual([
    { name: 'a', value: '2' },
    { name: 'b', value: '0' },
  ]);
});

test('work that fails in the turn in which it asked for the COMMIT is undone', async () => {
  const broken = packets.transaction(async (trx, commit) => {
    await Promise.all([
      insert('a', '1').execute(trx),
      commit(),
      Promise.reject(new Error('a bug')),
    ]);
  });
  await expect(broken).rejects.toThrow('a bug');
  expect(await states()).toEqual([]);
});

test('what follows a failure in another turn is not done, and neither is a COMMIT', async () => {
  await insert('b', '0').execute(receiver.db);
  let attempts = 0;
  await packets.transaction(async (trx) => {
    attempts += 1;
    if (attempts > 1) return;
    const first = insert('b', 'twice').execute(trx);
    await new Promise((resolve) => setImmediate(resolve));
    await Promise.allSettled([first, insert('a', '1').execute(trx)]);
  });
  expect(attempts).toBe(2);
  expect(await states()).toEqual([{ name: 'b', value: '0' }]);
});

test('what is too much for one packet goes in several, in its order', async () => {
  const long = 'x'.repeat(600_000);
  let lengths: readonly unknown[] = [];
  const sent = await packetsOf(() =>
    packets.transaction(async (trx, commit) => {
      const [first, second] = await Promise.all([
        sql<{ length: number }>`SELECT LENGTH(${long}) AS length`.execute(trx),
        sql<{ length: number }>`SELECT LENGTH(${long}) + 1 AS length`.execute(trx),
        commit(),
      ]);
      lengths = [...first.rows, ...second.rows].map(({ length }) => Number(length));
    }),
  );
  expect(sent).toHaveLength(2);
  expect(lengths).toEqual([600_000, 600_001]);
});

test('nothing can follow the COMMIT', async () => {
  const late = packets.transaction(async (trx, commit) => {
    await insert('a', '1').execute(trx);
    await commit();
    await insert('b', '2').execute(trx);
  });
  await expect(late).rejects.toThrow('The transaction is over.');
  expect(await states()).toEqual([{ name: 'a', value: '1' }]);
});

test('a value that looks like statements, placeholders or columns stays a value', async () => {
  const odd = `'; DELETE FROM mod_creditbridge_state; -- ? \\' ; \\`;
  await packets.transaction(async (trx) => {
    await Promise.all([insert('a', odd).execute(trx), insert('b', '2').execute(trx)]);
  });
  expect(await states()).toEqual([
    { name: 'a', value: odd },
    { name: 'b', value: '2' },
  ]);
  const object = packets.transaction((trx) =>
    sql`DELETE FROM mod_creditbridge_state WHERE name = ${{ name: 1 }}`.execute(trx),
  );
  await object;
  expect(await states()).toHaveLength(2);
});

test('a page takes three packets, and locks its clients before it reads what they have', async () => {
  await turnOn(database, 'auto-apply', { whenCreditArrives: true });
  const client = await addClient(database.root, { credit: '100.00' });
  const invoice = await addInvoice(database.root, { client, total: '10.00' });
  const item = () => hookItem('InvoiceCreated', { invoiceid: invoice, status: 'Unpaid' });
  await receiver.receive([item()]);

  const sent = await packetsOf(() => receiver.receive([item()]));
  expect(sent).toHaveLength(3);
  const [about, facts, decided] = sent;
  expect(about).toMatch(/^BEGIN;/);
  expect(facts).toMatch(
    /INTO mod_creditbridge_deliveries[\s\S]*INTO mod_creditbridge_clients[\s\S]*FROM tblclients/,
  );
  expect(decided).toMatch(/INTO mod_creditbridge_decisions[\s\S]*;\s*COMMIT$/);
});

test('a page that no rule listens to takes two packets', async () => {
  await turnOn(database, 'auto-apply', { whenCreditArrives: true }, 'off');
  const client = await addClient(database.root, { credit: '100.00' });
  const invoice = await addInvoice(database.root, { client, total: '10.00' });
  const item = () => hookItem('InvoiceCreated', { invoiceid: invoice, status: 'Unpaid' });
  await receiver.receive([item()]);
  expect(await packetsOf(() => receiver.receive([item()]))).toHaveLength(2);
});
