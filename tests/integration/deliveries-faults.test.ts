import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/rules/engine/index.ts';
import { explain, readTrace } from '../../src/rules/settle/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import { addClient, addCurrencies, addDeposit, addInvoice } from '../support/whmcs-rows.ts';

const folder = mkdtempSync(join(tmpdir(), 'creditbridge-rules-'));
writeFileSync(
  join(folder, 'endless.ts'),
  `import { defineRule, propose, z } from '@creditbridge/rules';
   const reach = { run: 'enforced', checkout: 'enforced', 'client-form': 'enforced', 'mass-payment': 'enforced', admin: 'enforced', api: 'enforced' } as const;
   export const endless = defineRule({
     id: 'endless', title: 'Endless', description: 'Never comes back.', on: ['InvoiceCreated'], needs: [],
     settings: z.object({}), reach,
     decide() { while (true) {} },
   });
   export const teller = defineRule({
     id: 'teller', title: 'Teller', description: 'Tells the admins.', on: ['InvoiceCreated'], needs: ['invoice'],
     settings: z.object({}), reach,
     decide({ event }) {
       return [propose.notify({ fact: 'teller:invoice:' + event.data.invoiceid, text: 'Look at this.', because: 'It is new.' })];
     },
   });`,
);

const database = await createServiceDatabase(testDatabaseServer());
const limiting = join(import.meta.dirname, '../fixtures/rules/waits-for-deposits.ts');
const engine = await createEngine({ rules: [folder, limiting], timeoutMs: 1000 });
const receiver = createTestReceiver(database, engine);
await addCurrencies(database.root);
await turnOn(database, 'auto-apply', {});
afterAll(async () => {
  await receiver.close();
  await engine.close();
  await database.drop();
  rmSync(folder, { recursive: true });
});

beforeEach(async () => {
  await turnOn(database, 'endless', {}, 'off');
});

async function newInvoice(total = '5.00') {
  const client = await addClient(database.root, { credit: '50.00' });
  return { client, invoice: await addInvoice(database.root, { client, total }) };
}
const created = (invoice: number) => hookItem('InvoiceCreated', { invoiceid: invoice });
const commandCount = async (client: number) => {
  const [row] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM mod_creditbridge_commands WHERE client_id = ?',
    [client],
  );
  return row?.count;
};
const faultOf = async (rule: string) => {
  const [row] = await database.query<{
    faults: number;
    paused_at: string | null;
    last_fault: string;
  }>('SELECT * FROM mod_creditbridge_rule_faults WHERE rule = ?', [rule]);
  return row;
};

test('a rule that never comes back is named, paused after three pages, and the others go on', async () => {
  await turnOn(database, 'endless', {});
  for (let page = 1; page <= 3; page++) {
    const { client, invoice } = await newInvoice();
    const { results } = await receiver.receive([created(invoice)]);
    expect(results).toMatchObject([{ outcome: 'accepted' }]);
    expect(await commandCount(client)).toBe(1);
    expect(await faultOf('endless')).toMatchObject({ faults: page });
  }
  expect((await faultOf('endless'))?.paused_at).not.toBeNull();
  expect((await faultOf('endless'))?.last_fault).toContain('endless');

  const { client, invoice } = await newInvoice();
  await receiver.receive([created(invoice)]);

  expect(await commandCount(client)).toBe(1);
  expect(await faultOf('endless')).toMatchObject({ faults: 3 });
});

test('a notice is given once, however often its fact is told', async () => {
  await turnOn(database, 'teller', {});
  const { invoice } = await newInvoice();
  await receiver.receive([created(invoice), created(invoice)]);
  await receiver.receive([created(invoice)]);
  await turnOn(database, 'teller', {}, 'off');

  const notices = await database.query(
    'SELECT text FROM mod_creditbridge_notices WHERE invoice_id = ?',
    [invoice],
  );
  expect(notices).toEqual([{ text: 'Look at this.' }]);
  const effects = await database.query(
    "SELECT id FROM mod_creditbridge_decisions WHERE rule = 'teller' AND outcome = 'effect'",
  );
  expect(effects).toHaveLength(1);
});

test('an item that fails on our side is to be sent again, and the others of its call go on', async () => {
  const good = await newInvoice();
  const bad = await newInvoice();
  await database.root.query(
    `CREATE TRIGGER trouble BEFORE INSERT ON mod_creditbridge_decisions FOR EACH ROW
     BEGIN IF NEW.invoice_id = ${bad.invoice} THEN SIGNAL SQLSTATE '45000'; END IF; END`,
  );
  const items = [created(bad.invoice), created(good.invoice)];

  const { results } = await receiver.receive(items);

  expect(results.map(({ outcome }) => outcome)).toEqual(['retry', 'accepted']);
  expect(await commandCount(bad.client)).toBe(0);
  expect(await commandCount(good.client)).toBe(1);
  await database.root.query('DROP TRIGGER trouble');
  const again = await receiver.receive(items);
  expect(again.results.map(({ outcome }) => outcome)).toEqual(['accepted', 'duplicate']);
  expect(await commandCount(bad.client)).toBe(1);
});

test('pages that deadlock with somebody else are decided once, and nothing is lost', async () => {
  const ones = await Promise.all(Array.from({ length: 30 }, () => newInvoice()));
  const replicas = [receiver, createTestReceiver(database, engine)];
  // Both replicas decide about the same clients in opposite orders, in pages of five.
  const pages = Array.from({ length: 6 }, (_, page) => ones.slice(page * 5, page * 5 + 5));
  await Promise.all([
    ...pages.map((page) => replicas[0]?.receive(page.map(({ invoice }) => created(invoice)))),
    ...pages
      .toReversed()
      .map((page) =>
        replicas[1]?.receive(page.toReversed().map(({ invoice }) => created(invoice))),
      ),
  ]);
  await replicas[1]?.close();

  for (const { client } of ones) expect(await commandCount(client)).toBe(1);
});

test('what was decided about an invoice says why it was this much', async () => {
  const client = await addClient(database.root, { credit: '3.00' });
  const invoice = await addInvoice(database.root, { client, total: '10.00' });
  await receiver.receive([created(invoice)]);

  const [decision] = await database.query<{ trace: string; outcome: string }>(
    'SELECT trace, outcome FROM mod_creditbridge_decisions WHERE invoice_id = ?',
    [invoice],
  );

  expect(decision?.outcome).toBe('effect');
  const words = explain(readTrace(decision?.trace ?? '')).join(' ');
  expect(words).toMatch(/3\.00.*10\.00/);
});

test.each([
  ['on', 'A deposit is not paid yet.', 0],
  ['observe', 'The invoice was created.', 1],
] as const)(
  'a rule that limits is asked about hooks it never named: %s',
  async (mode, reason, commands) => {
    await turnOn(database, 'waits-for-deposits', {}, mode);
    const { client, invoice } = await newInvoice();
    await addDeposit(database.root, { client, total: '20.00' });
    await receiver.receive([created(invoice)]);
    await turnOn(database, 'waits-for-deposits', {}, 'off');

    expect(await commandCount(client)).toBe(commands);
    const decisions = await database.query<{ rule: string; reason: string }>(
      'SELECT rule, reason FROM mod_creditbridge_decisions WHERE invoice_id = ? ORDER BY rule',
      [invoice],
    );
    expect(decisions[0]).toMatchObject({
      rule: 'auto-apply',
      reason: expect.stringContaining(reason),
    });
    expect(decisions.slice(1)).toEqual(
      mode === 'on'
        ? []
        : [
            {
              rule: 'waits-for-deposits',
              reason: 'Would have limited 5.00 EUR to 0.00 EUR. A deposit is not paid yet.',
            },
          ],
    );
  },
);
