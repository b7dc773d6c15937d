import { v7 as newId } from 'uuid';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createEngine } from '../../src/rules/engine/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addOrder,
  addPayment,
} from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
const engine = await createEngine({ rules: [], timeoutMs: 2000 });
const receiver = createTestReceiver(database, engine);
await addCurrencies(database.root);
afterAll(async () => {
  await receiver.close();
  await engine.close();
  await database.drop();
});

const BONUS = {
  tiers: [{ from: { 1: '10.00', 3: '1.00' }, percent: '10' }],
};

beforeEach(async () => {
  await turnOn(database, 'auto-apply', { whenCreditArrives: true });
  await turnOn(database, 'deposit-bonus', BONUS);
});

interface CommandRow {
  readonly fact: string;
  readonly client_id: number;
  readonly action: string;
  readonly parameters: string;
  readonly expects: string;
  readonly amount_hundredths: number;
  readonly hold_hundredths: number;
  readonly depth: number;
  readonly caused_by: string | null;
}

const commandsOf = (client: number) =>
  database.query<CommandRow>(
    'SELECT * FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY urgency, id',
    [client],
  );
const decisionsOf = (client: number) =>
  database.query<{
    rule: string;
    outcome: string;
    reason: string;
    times: number;
    trace: string;
    target: string;
  }>('SELECT * FROM mod_creditbridge_decisions WHERE client_id = ? ORDER BY rule, first_at', [
    client,
  ]);
async function stored(id: string) {
  const [row] = await database.query<{
    outcome: string;
    code: string;
    message: string;
    looks: number;
    duplicates: number;
    item: string;
    client_id: number | null;
    invoice_id: number | null;
  }>('SELECT * FROM mod_creditbridge_deliveries WHERE id = ?', [id]);
  return row;
}
async function receiveOne(item: ReturnType<typeof hookItem>) {
  const reply = await receiver.receive([item]);
  return reply.results[0];
}
const created = (invoice: number, members: object = {}) =>
  hookItem('InvoiceCreated', { invoiceid: String(invoice), status: 'Unpaid' }, { ...members });
const paid = (invoice: number) => hookItem('InvoicePaid', { invoiceid: invoice });

test('a new invoice of a client with credit becomes one command that says what must still hold', async () => {
  const client = await addClient(database.root, { credit: '30.00' });
  const invoice = await addInvoice(database.root, { client, total: '50.00' });
  const item = created(invoice);

  const reply = await receiver.receive([item]);

  expect(reply.results).toEqual([{ id: item.id, outcome: 'accepted' }]);
  expect(reply.waiting).toBeGreaterThanOrEqual(1);
  const [command, ...others] = await commandsOf(client);
  expect(others).toEqual([]);
  expect(command).toMatchObject({
    fact: `auto-apply:invoice:${invoice}:created`,
    action: 'ApplyCredit',
    amount_hundredths: 3000,
    hold_hundredths: 3000,
  });
  expect(JSON.parse(command?.parameters ?? '')).toEqual({
    invoiceid: invoice,
    amount: '30.00',
    noemail: false,
  });
  expect(JSON.parse(command?.expects ?? '')).toEqual({
    invoiceStatus: 'Unpaid',
    invoiceBalanceAtLeast: '30.00',
    balanceAtLeast: '30.00',
  });
  expect(await stored(item.id)).toMatchObject({ client_id: client, invoice_id: invoice });
});

test('a repeat with the same content is a duplicate and is counted', async () => {
  const client = await addClient(database.root, { credit: '5.00' });
  const item = created(await addInvoice(database.root, { client, total: '5.00' }));
  await receiveOne(item);

  expect(await receiveOne(item)).toEqual({ id: item.id, outcome: 'duplicate' });
  expect(await receiveOne(item)).toEqual({ id: item.id, outcome: 'duplicate' });

  expect(await stored(item.id)).toMatchObject({ outcome: 'accepted', duplicates: 2 });
  expect(await commandsOf(client)).toHaveLength(1);
});

test('an id that comes back with another content is refused, and both are kept', async () => {
  const client = await addClient(database.root);
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  const item = created(invoice);
  await receiveOne(item);
  const other = { ...item, data: { invoiceid: String(invoice), status: 'Paid' } };

  const first = await receiveOne(other);
  await receiveOne(other);

  expect(first).toMatchObject({ id: item.id, outcome: 'refused', code: 'id-reused' });
  expect((await stored(item.id))?.item).toContain('"Unpaid"');
  const [kept, ...more] = await database.query<{ item: string; duplicates: number }>(
    "SELECT item, duplicates FROM mod_creditbridge_deliveries WHERE code = 'id-reused'",
  );
  expect(more).toEqual([]);
  expect(kept?.item).toContain('"Paid"');
  expect(kept?.duplicates).toBe(1);
});

test('two contents under one id in one call: the first counts, the second is refused', async () => {
  const client = await addClient(database.root);
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  const item = created(invoice);
  const other = { ...item, data: { invoiceid: String(invoice), status: 'Draft' } };

  const { results } = await receiver.receive([item, other, item]);

  expect(results.map(({ outcome, code }) => code ?? outcome)).toEqual([
    'accepted',
    'id-reused',
    'duplicate',
  ]);
});

test('a hook nobody knows and a broken payload are refused alone, stored, and the others go on', async () => {
  const client = await addClient(database.root, { credit: '5.00' });
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  const unknown = hookItem('TicketOpen', { ticketid: 4, cardnum: '4111111111111111' });
  const broken = hookItem('InvoiceCreated', { invoiceid: 'nine', cardnum: '4111111111111111' });
  const malformed = { ...created(invoice), whmcs: 'none', extra: { password: 'hunter2' } };
  const good = created(invoice);

  const { results } = await receiver.receive([unknown, broken, malformed, good]);

  expect(results.map(({ outcome, code }) => code ?? outcome)).toEqual([
    'unknown-type',
    'payload-invalid',
    'payload-invalid',
    'accepted',
  ]);
  for (const { id } of [unknown, broken, malformed]) {
    expect(await stored(id)).toMatchObject({ outcome: 'refused' });
  }
  expect((await stored(unknown.id))?.item).toContain('"ticketid":4');
  const everything = JSON.stringify(
    await database.query('SELECT * FROM mod_creditbridge_deliveries'),
  );
  expect(everything).not.toContain('4111111111111111');
  expect(everything).not.toContain('hunter2');
});

test('members that the hook does not list are dropped before anything is stored', async () => {
  const client = await addClient(database.root);
  const item = hookItem('ShoppingCartValidateCheckout', {
    clientId: client,
    paymentmethod: 'testgateway',
    ccnumber: '4242424242424242',
    password: 'correct horse',
  });

  const result = await receiveOne(item);

  expect(result).toMatchObject({ outcome: 'accepted' });
  const row = await stored(item.id);
  expect(row?.item).toContain('testgateway');
  expect(row?.item).not.toMatch(/4242424242424242|correct horse|ccnumber/);
  expect(row?.message).toBe('Dropped 2 members of data that the hook does not list.');
});

test('a refused delivery is decided when it is replayed after the reason is gone', async () => {
  const client = await addClient(database.root, { credit: '7.00' });
  const invoice = await addInvoice(database.root, { client, total: '7.00' });
  const item = created(invoice, { causedBy: undefined });
  await receiver.storeRefused({
    id: 'a0000000-0000-4000-8000-000000000001',
    code: 'wrong-installation',
    detail: 'installation',
    items: [item],
  });
  expect(await stored(item.id)).toMatchObject({ outcome: 'refused', code: 'wrong-installation' });

  expect(await receiver.replay(item.id)).toEqual({ id: item.id, outcome: 'accepted' });

  expect(await stored(item.id)).toMatchObject({ outcome: 'accepted', code: '' });
  expect(await commandsOf(client)).toHaveLength(1);
  expect(await receiver.replay(item.id)).toMatchObject({ outcome: 'accepted' });
  expect(await commandsOf(client)).toHaveLength(1);
});

test('an item of a call that was refused as a whole is looked at when the shim sends it again', async () => {
  const client = await addClient(database.root, { credit: '7.00' });
  const item = created(await addInvoice(database.root, { client, total: '7.00' }));
  const call = { id: 'call-1', code: 'not-paired', detail: 'pair first' } as const;
  await receiver.storeRefused({ ...call, items: [item] });
  await receiver.storeRefused({ ...call, items: [item] });
  await receiver.storeRefused({ ...call, items: [] });
  await receiver.storeRefused({ ...call, items: [] });

  expect(await receiveOne(item)).toEqual({ id: item.id, outcome: 'accepted' });
  expect(await commandsOf(client)).toHaveLength(1);
});

test('a hook from inside a transaction is not visible yet twice, then decided on what is committed', async () => {
  const whmcs = await database.root.getConnection();
  await whmcs.beginTransaction();
  const client = await addClient(database.root, { credit: '9.00' });
  const invoice = await addInvoice(whmcs, { client, total: '9.00' });
  const item = created(invoice);

  expect(await receiveOne(item)).toMatchObject({ outcome: 'not-visible-yet' });
  expect(await receiveOne(item)).toMatchObject({ outcome: 'not-visible-yet' });
  expect(await stored(item.id)).toMatchObject({ outcome: 'not-visible-yet', looks: 2 });
  expect(await commandsOf(client)).toEqual([]);
  await whmcs.commit();
  whmcs.release();

  expect(await receiveOne(item)).toEqual({ id: item.id, outcome: 'accepted' });
  expect(await commandsOf(client)).toHaveLength(1);
  expect(await receiveOne(item)).toEqual({ id: item.id, outcome: 'duplicate' });
});

test('an invoice that is still unpaid for others when its paid hook arrives is looked at again', async () => {
  const client = await addClient(database.root);
  const invoice = await addDeposit(database.root, { client, total: '20.00' });
  await addPayment(database.root, { client, invoice, amountIn: '20.00' });
  const whmcs = await database.root.getConnection();
  await whmcs.beginTransaction();
  await whmcs.query("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", [invoice]);
  const item = paid(invoice);

  expect(await receiveOne(item)).toMatchObject({ outcome: 'not-visible-yet' });
  await whmcs.commit();
  whmcs.release();
  expect(await receiveOne(item)).toMatchObject({ outcome: 'accepted' });

  expect(await commandsOf(client)).toHaveLength(1);
});

test('a transaction that rolls back leaves nothing that acts', async () => {
  const client = await addClient(database.root, { credit: '9.00' });
  const whmcs = await database.root.getConnection();
  await whmcs.beginTransaction();
  const invoice = await addInvoice(whmcs, { client, total: '9.00' });
  const item = created(invoice);
  await receiveOne(item);
  await receiveOne(item);
  await whmcs.rollback();
  whmcs.release();

  expect(await receiveOne(item)).toMatchObject({ outcome: 'accepted', code: 'never-visible' });

  expect(await commandsOf(client)).toEqual([]);
  expect(await decisionsOf(client)).toEqual([]);
});

test('the same delivery on sixteen connections is accepted once', async () => {
  const client = await addClient(database.root, { credit: '16.00' });
  const item = created(await addInvoice(database.root, { client, total: '16.00' }));
  const replicas = Array.from({ length: 16 }, () => createTestReceiver(database, engine));

  const replies = await Promise.all(replicas.map((one) => one.receive([item])));
  await Promise.all(replicas.map((one) => one.close()));

  const outcomes = replies.map((reply) => reply.results[0]?.outcome).toSorted();
  expect(outcomes).toEqual(['accepted', ...Array.from({ length: 15 }, () => 'duplicate')]);
  expect(await commandsOf(client)).toHaveLength(1);
  expect(await stored(item.id)).toMatchObject({ duplicates: 15 });
});

test('a duplicate in the same page as its original is told apart without a second look', async () => {
  const client = await addClient(database.root, { credit: '4.00' });
  const item = created(await addInvoice(database.root, { client, total: '4.00' }));

  const replies = await Promise.all(Array.from({ length: 8 }, () => receiver.receive([item])));

  const outcomes = replies.map((reply) => reply.results[0]?.outcome);
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
  expect(outcomes.filter((outcome) => outcome === 'duplicate')).toHaveLength(7);
});

test('a copy of something not visible yet is not called a duplicate, which the shim would forget', async () => {
  const item = created(4_000_000);
  const { results } = await receiver.receive([item, item]);
  expect(results.map(({ outcome }) => outcome)).toEqual(['not-visible-yet', 'not-visible-yet']);
});

test('two replicas that decide about one client at once never plan more than is spendable', async () => {
  const client = await addClient(database.root, { credit: '100.00' });
  const invoices: number[] = [];
  for (let count = 0; count < 12; count++) {
    invoices.push(await addInvoice(database.root, { client, total: '15.00' }));
  }
  const replicas = [receiver, createTestReceiver(database, engine)];

  await Promise.all(
    invoices.map((invoice, index) => replicas[index % 2]?.receive([created(invoice)])),
  );
  await replicas[1]?.close();

  const commands = await commandsOf(client);
  const planned = commands.reduce((sum, one) => sum + one.hold_hundredths, 0);
  expect(planned).toBe(10_000);
  expect(commands).toHaveLength(7);
});

test('a deposit earns its bonus once, however often it is toggled and told', async () => {
  const client = await addClient(database.root);
  const invoice = await addDeposit(database.root, { client, total: '50.00', status: 'Paid' });
  await addPayment(database.root, { client, invoice, amountIn: '50.00' });

  for (let count = 0; count < 3; count++) await receiveOne(paid(invoice));
  await Promise.all([receiveOne(paid(invoice)), receiveOne(paid(invoice))]);

  const [bonus, ...others] = await commandsOf(client);
  expect(others).toEqual([]);
  expect(bonus).toMatchObject({
    fact: `deposit-bonus:invoice:${invoice}`,
    action: 'AddCredit',
    amount_hundredths: 500,
    hold_hundredths: 0,
  });
});

test('a deposit in a mass payment earns its share once, told by the container and by the target', async () => {
  const client = await addClient(database.root);
  const deposit = await addDeposit(database.root, { client, total: '60.00', status: 'Paid' });
  const other = await addInvoice(database.root, { client, total: '40.00', status: 'Paid' });
  const container = await addInvoice(database.root, {
    client,
    total: '100.00',
    status: 'Paid',
    lines: [
      { type: 'Invoice', amount: '60.00', relid: deposit },
      { type: 'Invoice', amount: '40.00', relid: other },
    ],
  });
  // Ten of the hundred were paid with credit, so the deposit's share of the money is 54.00.
  await addPayment(database.root, { client, invoice: container, amountIn: '90.00' });

  await receiveOne(paid(container));
  await receiveOne(paid(deposit));

  const [bonus, ...others] = await commandsOf(client);
  expect(others).toEqual([]);
  expect(bonus).toMatchObject({
    fact: `deposit-bonus:invoice:${deposit}`,
    amount_hundredths: 540,
  });
});

test('a container and its target told in one call earn one bonus', async () => {
  const client = await addClient(database.root);
  const deposit = await addDeposit(database.root, { client, total: '60.00', status: 'Paid' });
  const container = await addInvoice(database.root, {
    client,
    total: '60.00',
    status: 'Paid',
    lines: [{ type: 'Invoice', amount: '60.00', relid: deposit }],
  });
  await addPayment(database.root, { client, invoice: container, amountIn: '60.00' });

  await receiver.receive([paid(container), paid(deposit), paid(deposit)]);

  expect((await commandsOf(client)).map((one) => one.amount_hundredths)).toEqual([600]);
});

test('an invoice that is asked about twice is not covered twice, in one call or in two', async () => {
  const client = await addClient(database.root, { credit: '100.00' });
  const invoice = await addInvoice(database.root, { client, total: '10.00' });
  const arrived = async () => {
    const id = await addPayment(database.root, { client, amountIn: '1.00' });
    return hookItem('AddTransaction', { id, userid: client, amountin: '1.00', invoiceid: 0 });
  };

  await receiver.receive([created(invoice), await arrived()]);
  await receiver.receive([await arrived()]);

  expect((await commandsOf(client)).map((one) => one.hold_hundredths)).toEqual([1000]);
});

test.each([
  ['paid with credit', { payments: [], bonus: undefined }],
  [
    'paid and refunded',
    {
      payments: [
        ['50.00', '0'],
        ['0', '50.00'],
      ],
      bonus: undefined,
    },
  ],
  [
    'partly refunded',
    {
      payments: [
        ['50.00', '0'],
        ['0', '20.00'],
      ],
      bonus: 300,
    },
  ],
] as const)(
  'a deposit %s earns from the money that was received',
  async (_, { payments, bonus }) => {
    const client = await addClient(database.root);
    const invoice = await addDeposit(database.root, { client, total: '50.00', status: 'Paid' });
    for (const [amountIn, amountOut] of payments) {
      await addPayment(database.root, { client, invoice, amountIn, amountOut });
    }

    await receiveOne(paid(invoice));

    expect((await commandsOf(client))[0]?.amount_hundredths).toBe(bonus);
  },
);

test('credit that the ledger found is put on open invoices, oldest due first, and told again it is not', async () => {
  const client = await addClient(database.root, { credit: '12.00' });
  const later = await addInvoice(database.root, { client, total: '10.00', due: '2026-12-01' });
  const sooner = await addInvoice(database.root, { client, total: '10.00', due: '2026-11-25' });
  const found = {
    occurrence: {
      name: 'BalanceChanged',
      target: `client:${client}`,
      clientId: client,
      invoiceId: null,
      data: { entry: 7n, kind: 'overpayment' },
    },
    causedBy: null,
  };
  const when = {
    localDate: '2026-11-22',
    zone: 'UTC',
    whmcsVersion: '8.13.1',
    at: '2026-11-22T12:00:00.000Z',
  };

  expect(await receiver.tell([found], when)).toEqual({ commands: 2, faults: 0 });
  expect(await receiver.tell([found], when)).toEqual({ commands: 0, faults: 0 });

  const commands = await commandsOf(client);
  expect(commands.map((one) => [JSON.parse(one.parameters), one.hold_hundredths])).toEqual([
    [{ invoiceid: sooner, amount: '10.00', noemail: false }, 1000],
    [{ invoiceid: later, amount: '2.00', noemail: false }, 200],
  ]);
});

test('what is found out of too long a chain of commands is left alone', async () => {
  const client = await addClient(database.root, { credit: '12.00' });
  await addInvoice(database.root, { client, total: '10.00' });
  const deepest = newId();
  await database.root.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, depth, state, created_at)
     VALUES (?, ?, ?, 'LogActivity', '{}', '{}', 'r', 4, 'done', UTC_TIMESTAMP(6))`,
    [deepest, `r:${deepest}`, client],
  );
  const found = {
    occurrence: {
      name: 'BalanceChanged',
      target: `client:${client}`,
      clientId: client,
      invoiceId: null,
      data: { entry: 8n, kind: 'bonus' },
    },
    causedBy: deepest,
  };
  const when = {
    localDate: '2026-11-22',
    zone: 'UTC',
    whmcsVersion: '8.13.1',
    at: '2026-11-22T12:00:00.000Z',
  };
  expect(await receiver.tell([found], when)).toEqual({ commands: 0, faults: 0 });
});

test('what the client chose at checkout wins, and the order is not decided before', async () => {
  const client = await addClient(database.root, { credit: '50.00' });
  const kept = await addInvoice(database.root, { client, total: '20.00' });
  const used = await addInvoice(database.root, { client, total: '20.00' });
  const orders = [
    { order: await addOrder(database.root, { client, invoice: kept }), invoice: kept, choice: '0' },
    { order: await addOrder(database.root, { client, invoice: used }), invoice: used, choice: '1' },
  ];
  for (const { invoice } of orders) await receiveOne(created(invoice));
  expect(await commandsOf(client)).toEqual([]);

  for (const { order, invoice, choice } of orders) {
    await receiveOne(
      hookItem('AfterShoppingCartCheckout', {
        OrderID: order,
        InvoiceID: invoice,
        applycredit: choice,
      }),
    );
  }

  const commands = await commandsOf(client);
  expect(commands.map((one) => JSON.parse(one.parameters).invoiceid)).toEqual([used]);
});

test('a decision that changes nothing is one row that counts', async () => {
  const client = await addClient(database.root, { credit: '0.00' });
  const invoice = await addInvoice(database.root, { client, total: '5.00' });

  for (let count = 0; count < 3; count++) await receiveOne(created(invoice));

  const decisions = await decisionsOf(client);
  expect(decisions).toHaveLength(1);
  expect(decisions[0]).toMatchObject({ outcome: 'skipped', times: 3, rule: 'auto-apply' });
});

test('what a page asks is answered and not kept', async () => {
  const client = await addClient(database.root, { credit: '0.00' });
  const asked = hookItem('ClientAreaPageAddFunds', { userid: client });

  expect(await receiveOne(asked)).toMatchObject({ id: asked.id, outcome: 'accepted' });

  expect(await stored(asked.id)).toBeUndefined();
});

test('a chain of commands deeper than four is refused, and each command knows its depth', async () => {
  const client = await addClient(database.root, { credit: '100.00' });
  let cause: string | undefined;
  for (let depth = 0; depth <= 5; depth++) {
    const invoice = await addInvoice(database.root, { client, total: '1.00' });
    const item = created(invoice, cause === undefined ? {} : { causedBy: cause });
    const result = await receiveOne(item);
    if (depth === 5) {
      expect(result).toMatchObject({ outcome: 'refused', code: 'too-deep-chain' });
      break;
    }
    const [command] = await database.query<CommandRow & { id: string }>(
      'SELECT * FROM mod_creditbridge_commands WHERE invoice_id = ?',
      [invoice],
    );
    expect(command).toMatchObject({ depth, caused_by: cause ?? null });
    cause = command?.id;
  }
});

test('zero dates are absent dates, and names with markup change nothing', async () => {
  const client = await addClient(database.root, {
    credit: '3.00',
    firstName: `<script>alert('x')</script>'; DROP TABLE tblclients; --`,
  });
  const invoice = await addInvoice(database.root, { client, total: '3.00', due: '0000-00-00' });

  expect(await receiveOne(created(invoice))).toMatchObject({ outcome: 'accepted' });

  expect(await commandsOf(client)).toHaveLength(1);
  const written = JSON.stringify([await commandsOf(client), await decisionsOf(client)]);
  expect(written).not.toContain('script');
});

test('a client in a currency without cents who has 100.50 of it spends what the invoice needs', async () => {
  const client = await addClient(database.root, { credit: '100.50', currency: 3 });
  const large = await addInvoice(database.root, { client, total: '500.00' });

  await receiveOne(created(large));

  expect((await commandsOf(client))[0]?.amount_hundredths).toBe(10_000);
});

test('a rule that observes leaves its decision and no command', async () => {
  await turnOn(database, 'auto-apply', {}, 'observe');
  const client = await addClient(database.root, { credit: '3.00' });
  const invoice = await addInvoice(database.root, { client, total: '3.00' });

  await receiveOne(created(invoice));
  await receiveOne(created(invoice));

  expect(await commandsOf(client)).toEqual([]);
  expect(await decisionsOf(client)).toMatchObject([{ outcome: 'observed', times: 2 }]);
});

test('a rule that observes does not say that it would give what was given already', async () => {
  const client = await addClient(database.root);
  const [given, fresh] = [
    await addDeposit(database.root, { client, total: '50.00', status: 'Paid' }),
    await addDeposit(database.root, { client, total: '50.00', status: 'Paid' }),
  ];
  for (const invoice of [given, fresh]) {
    await addPayment(database.root, { client, invoice, amountIn: '50.00' });
  }
  await receiveOne(paid(given));
  expect(await commandsOf(client)).toHaveLength(1);

  await turnOn(database, 'deposit-bonus', BONUS, 'observe');
  await receiver.receive([paid(given), paid(fresh)]);

  expect(await commandsOf(client)).toHaveLength(1);
  const said = (await decisionsOf(client)).filter(({ rule }) => rule === 'deposit-bonus');
  expect(said.map(({ outcome, target }) => [outcome, target])).toEqual([
    ['effect', `invoice:${given}`],
    ['skipped', `invoice:${given}`],
    ['observed', `invoice:${fresh}`],
  ]);
  expect(said[1]?.reason).toContain('answered before');
});

test('a question of a client’s page is not stored, even when it is refused', async () => {
  const question = hookItem('ClientAreaPageViewInvoice', { invoiceid: 'abc' });
  const { results } = await receiver.receive([question]);
  expect(results).toMatchObject([{ outcome: 'refused', code: 'payload-invalid' }]);
  const rows = await database.query('SELECT id FROM mod_creditbridge_deliveries WHERE id = ?', [
    question.id,
  ]);
  expect(rows).toEqual([]);
});

test.each([
  ['ShoppingCartValidateCheckout', { clientId: 'abc', paymentmethod: true, applycredit: null }],
  ['ShoppingCartValidateCheckout', { clientId: '99999999999' }],
  ['ShoppingCartValidateUpgrade', { id: '1;', pid: '-1' }],
  ['PreShoppingCartCheckout', { applycredit: null }],
])('what a visitor posts at %s does not refuse the question', async (hook, data) => {
  const { results } = await receiver.receive([hookItem(hook, data, { answer: 'veto' })]);
  expect(results).toMatchObject([{ outcome: 'accepted' }]);
});

test('a mail whose command is no longer kept is not sent again when WHMCS tells the same once more', async () => {
  await turnOn(database, 'deposit-limits', { maximum: { 1: '10.00' } });
  const client = await addClient(database.root);
  const invoice = await addDeposit(database.root, { client, total: '50.00' });
  const created = () => hookItem('InvoiceCreated', { invoiceid: invoice }, { answer: 'inline' });
  await receiveOne(created());
  const actions = async () => (await commandsOf(client)).map(({ action }) => action).toSorted();
  expect(await actions()).toEqual(['SendEmail', 'UpdateInvoice']);
  // What the shim does with old commands.
  await database.root.query(
    `INSERT INTO mod_creditbridge_answered_facts
     SELECT fact FROM mod_creditbridge_commands WHERE client_id = ? AND action = 'SendEmail'`,
    [client],
  );
  await database.root.query('DELETE FROM mod_creditbridge_commands WHERE client_id = ?', [client]);

  await receiveOne(created());

  expect(await actions()).toEqual(['UpdateInvoice']);
  await turnOn(database, 'deposit-limits', {}, 'off');
});

test('the manifest grows by one when other hooks are wanted and stays when nothing changed', async () => {
  const before = await receiver.current();
  expect(before.hooks).toMatchObject({ InvoicePaid: { answer: 'deferred' } });
  await turnOn(database, 'auto-apply', { mail: 'mail-after' });
  const after = await receiver.current();
  await turnOn(database, 'auto-apply', { mail: 'mail-after', onDueDate: false });

  expect(before.hooks['EmailPreSend']).toEqual({ answer: 'deferred' });
  expect(after.hooks['EmailPreSend']).toEqual({ answer: 'inline' });
  expect(after.number).toBe(before.number + 1);
  expect((await receiver.current()).number).toBe(after.number);
});
