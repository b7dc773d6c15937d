import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { prune } from '../../src/app/retention.ts';
import { entriesOf } from '../../src/books/index.ts';
import { plainTerms, type RecordedEntry } from '../../src/ledger/index.ts';
import { readBalance } from '../../src/operations/index.ts';
import { tellReservedSpent } from '../../src/parking/index.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { created } from '../support/open-deliveries.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addCurrencies, addDeposit, addInvoice } from '../support/whmcs-rows.ts';

// Credit that a rule reserves: a row of ours, which our rules heed and WHMCS does not.

const SERVICE = 12;

const database = await createServiceDatabase(testDatabaseServer());
const engine = await createEngine({
  rules: [new URL('../fixtures/rules/reserves.ts', import.meta.url).pathname],
  timeoutMs: 2000,
});
const [receiver, replica] = [
  createTestReceiver(database, engine),
  createTestReceiver(database, engine),
];

beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(receiver.db);
});
afterAll(async () => {
  await receiver.close();
  await replica.close();
  await engine.close();
  await database.drop();
});
beforeEach(async () => {
  await turnOn(database, 'auto-apply', {});
});

/** The rule hears of the client and reserves, on a day that lies in this calendar. */
async function reserve(
  client: number,
  amount: string,
  { until = whmcsDay(5), mode = 'on' as 'on' | 'observe' } = {},
): Promise<void> {
  await turnOn(database, 'reserves', { amount, service: SERVICE, until }, mode);
  const item = hookItem('ClientEdit', { userid: client });
  expect((await receiver.receive([item])).results).toMatchObject([{ outcome: 'accepted' }]);
}

const available = async (client: number) =>
  (await readBalance(receiver.db, client))?.availableHundredths;
const reserved = (client: number) =>
  database.query(
    'SELECT amount_hundredths AS amount, rule FROM mod_creditbridge_reservations WHERE client_id = ?',
    [client],
  );
const applied = (client: number) =>
  database.query(
    "SELECT invoice_id AS invoice, amount_hundredths AS amount FROM mod_creditbridge_commands WHERE client_id = ? AND action = 'ApplyCredit' ORDER BY id",
    [client],
  );
const findings = (client: number) =>
  database.query<{ text: string; invoice_id: number | null }>(
    "SELECT text, invoice_id FROM mod_creditbridge_findings WHERE client_id = ? AND kind = 'reserved-spent'",
    [client],
  );

test('what a rule reserves is on the balance, and no rule of ours spends it on another invoice', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00');
  expect(await readBalance(receiver.db, client)).toMatchObject({
    creditHundredths: 5000n,
    spendableHundredths: 5000n,
    availableHundredths: 2000n,
    reservations: [{ rule: 'reserves', amountHundredths: 3000n, coveredHundredths: 3000n }],
  });
  const invoice = await addInvoice(database.root, { client, total: '40.00' });
  await receiver.receive([created(invoice)]);
  expect(await applied(client)).toEqual([{ invoice, amount: 2000 }]);
});

test('the invoice of what it is reserved for uses it, and what it uses is reserved no longer', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00');
  const lines = [{ type: 'Hosting', amount: '25.00', relid: SERVICE }];
  const renewal = await addInvoice(database.root, { client, total: '25.00', lines });
  await receiver.receive([created(renewal)]);
  expect(await applied(client)).toEqual([{ invoice: renewal, amount: 2500 }]);
  expect(await reserved(client)).toEqual([{ amount: 500, rule: 'reserves' }]);
  expect(await available(client)).toBe(2000n);
});

test('a later proposal replaces the amount; the same one is no new decision; zero ends it', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  for (const amount of ['30.00', '30.00', '10.00']) await reserve(client, amount);
  expect(await reserved(client)).toEqual([{ amount: 1000, rule: 'reserves' }]);
  expect(
    await database.query(
      "SELECT outcome, amount_hundredths AS amount FROM mod_creditbridge_decisions WHERE client_id = ? AND rule = 'reserves' ORDER BY first_at, outcome",
      [client],
    ),
  ).toEqual([
    { outcome: 'effect', amount: 3000 },
    { outcome: 'skipped', amount: 0 },
    { outcome: 'effect', amount: 1000 },
  ]);
  await reserve(client, '0.00');
  expect(await available(client)).toBe(5000n);
});

test('it holds on its last day and is free on the next, although nothing ran', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00', { until: whmcsDay() });
  expect(await available(client)).toBe(2000n);
  await reserve(client, '30.00', { until: whmcsDay(-1) });
  expect(await available(client)).toBe(5000n);
});

test('it ends when a command answers the fact that it waits for', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00');
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  await database.query(
    'UPDATE mod_creditbridge_reservations SET until_fact = ? WHERE client_id = ?',
    [`auto-apply:invoice:${invoice}:created`, client],
  );
  expect(await available(client)).toBe(2000n);
  await receiver.receive([created(invoice)]);
  expect(await available(client)).toBe(4500n);
});

test('a rule that observes, and a frozen client, reserve nothing', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00', { mode: 'observe' });
  expect(await reserved(client)).toEqual([]);
  await database.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
    [client],
  );
  await reserve(client, '30.00');
  expect(await reserved(client)).toEqual([]);
});

test('two replicas that hear of one client and its invoices at once spend nothing that is reserved', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await turnOn(database, 'reserves', { amount: '30.00', service: SERVICE, until: whmcsDay(5) });
  await receiver.receive([hookItem('ClientEdit', { userid: client })]);
  const invoices = await Promise.all(
    [1, 2, 3, 4].map(() => addInvoice(database.root, { client, total: '15.00' })),
  );
  await Promise.all(
    invoices.flatMap((invoice) =>
      [receiver, replica].map((one) =>
        one.receive([hookItem('ClientEdit', { userid: client }), created(invoice)]),
      ),
    ),
  );
  const [sum] = await database.query<{ sum: string }>(
    "SELECT SUM(amount_hundredths) AS sum FROM mod_creditbridge_commands WHERE client_id = ? AND action = 'ApplyCredit'",
    [client],
  );
  expect(Number(sum?.sum)).toBe(2000);
  expect(await reserved(client)).toEqual([{ amount: 3000, rule: 'reserves' }]);
});

/** WHMCS itself spends, and the ledger reads that. */
async function spend(
  client: number,
  amount: string,
  invoice: number,
  kind: 'invoice' | 'transit' = 'invoice',
): Promise<void> {
  await database.query(
    'INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, ?, -?)',
    [client, whmcsDay(), `Credit Applied to Invoice #${invoice}`, amount],
  );
  await database.query('UPDATE tblclients SET credit = credit - ? WHERE id = ?', [amount, client]);
  await mirrorLog(receiver.db, () => ({
    kind,
    invoiceId: invoice,
    act: { do: 'spend', grants: [] },
  }));
  const rows = await database.query<{ sequence: string }>(
    'SELECT sequence FROM mod_creditbridge_entries WHERE client_id = ? ORDER BY sequence DESC LIMIT 1',
    [client],
  );
  const entries = await entriesOf(
    receiver.db,
    rows.map(({ sequence }) => BigInt(sequence)),
  );
  // The ledger tells again what it could not finish.
  for (let count = 0; count < 2; count++) {
    await tellReservedSpent(receiver.db, entries, { at: new Date(), today: whmcsDay() });
  }
}

test('an order that spends reserved credit all the same is told once, with what is left', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00');
  const order = await addInvoice(database.root, { client, total: '35.00', status: 'Paid' });
  await spend(client, '35.00', order);
  expect(await findings(client)).toEqual([
    {
      invoice_id: order,
      text: `WHMCS itself used 35.00 EUR of client #${client} on invoice #${order}, and 15.00 EUR of it was reserved for the renewal of service #12. Our rules would have left it alone, but checkout, the client’s form and admins can spend the whole balance. 15.00 EUR is left, and 30.00 EUR is reserved.`,
    },
  ]);
});

test('a mass payment that is paid with credit is told, once for its invoices; one that is paid with money, and credit that pays a deposit, are not', async () => {
  const container = await addInvoice(database.root, { client: 1, total: '35.00', status: 'Paid' });
  const passes = async (client: number, amounts: readonly string[]) => {
    const entries: RecordedEntry[] = [];
    for (const amount of amounts) {
      await database.query(
        "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Mass payment', ?)",
        [client, whmcsDay(), amount],
      );
      await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
        amount,
        client,
      ]);
      // What goes on uses what came in before it.
      const came = entries.find((one) => one.fromAccount === 'transit');
      const grants = came === undefined ? [] : [came.sequence];
      await mirrorLog(receiver.db, () => ({
        kind: 'transit',
        invoiceId: container,
        act: amount.startsWith('-')
          ? { do: 'spend', grants }
          : { do: 'grant', ...plainTerms('adjustment'), fundsUnfunded: false },
      }));
      const [row] = await database.query<{ sequence: string }>(
        'SELECT MAX(sequence) AS sequence FROM mod_creditbridge_entries WHERE client_id = ?',
        [client],
      );
      entries.push(...(await entriesOf(receiver.db, [BigInt(row?.sequence ?? 0)])));
    }
    await tellReservedSpent(receiver.db, entries, { at: new Date(), today: whmcsDay() });
    return findings(client);
  };
  const someone = async () => {
    const client = await addClient(database.root, { credit: '50.00' });
    await reserve(client, '30.00');
    return client;
  };
  expect(await passes(await someone(), ['-35.00', '35.00', '-35.00'])).toMatchObject([
    {
      text: expect.stringMatching(/WHMCS itself used 35\.00 EUR .* 15\.00 EUR of it was reserved/),
    },
  ]);
  expect(await passes(await someone(), ['-35.00'])).toHaveLength(1);
  expect(await passes(await someone(), ['35.00', '-35.00'])).toEqual([]);
  expect(await passes(await someone(), ['-35.00', '35.00'])).toEqual([]);
});

test('credit that pays a deposit as a whole comes back, so it is not told although its second row was not read yet; a part of a deposit is told', async () => {
  const puts = async (amount: string, total: string) => {
    const client = await addClient(database.root, { credit: '50.00' });
    await reserve(client, '30.00');
    const deposit = await addDeposit(database.root, { client, total });
    await spend(client, amount, deposit, 'transit');
    return findings(client);
  };
  expect(await puts('35.00', '35.00')).toEqual([]);
  expect(await puts('35.00', '60.00')).toMatchObject([
    { text: expect.stringContaining('15.00 EUR of it was reserved') },
  ]);
});

test('what WHMCS spends beside what is reserved, or on the renewal itself, is nothing to tell', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00');
  const other = await addInvoice(database.root, { client, total: '20.00', status: 'Paid' });
  await spend(client, '20.00', other);
  const lines = [{ type: 'Hosting', amount: '30.00', relid: SERVICE }];
  const renewal = await addInvoice(database.root, {
    client,
    total: '30.00',
    status: 'Paid',
    lines,
  });
  await spend(client, '30.00', renewal);
  expect(await findings(client)).toEqual([]);
});

test('old reservations that are over are pruned, and those that count are kept', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  await reserve(client, '30.00', { until: whmcsDay(-1) });
  const later = new Date(Date.now() + 400 * 86_400_000);
  await prune(receiver.db, later);
  expect(await reserved(client)).toEqual([]);
  await reserve(client, '30.00', { until: whmcsDay(800) });
  await prune(receiver.db, later);
  expect(await reserved(client)).toHaveLength(1);
});
