import { v7 as newId } from 'uuid';
import { expect, test, vi } from 'vitest';
import { hookItem } from '../support/hook-item.ts';
import {
  BONUS,
  type CommandRow,
  created,
  openDeliveries,
  paid,
} from '../support/open-deliveries.ts';
import { turnOn } from '../support/test-receiver.ts';
import { addClient, addDeposit, addInvoice, addOrder, addPayment } from '../support/whmcs-rows.ts';

const { database, receiver, commandsOf, decisionsOf, stored, receiveOne } = await openDeliveries();

test('a new invoice of a client with credit becomes one command that says what must still hold', async () => {
  const client = await addClient(database.root, { credit: '30.00' });
  const invoice = await addInvoice(database.root, { client, total: '50.00' });
  const item = created(invoice);

  const reply = await receiver.receive([item]);

  expect(reply.results).toEqual([{ id: item.id, outcome: 'accepted' }]);
  expect(reply.waiting).toBe(1);
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

test('a reply calls for no command that cannot start: everything is frozen, or its client is', async () => {
  const told = async (client: number) => {
    const invoice = await addInvoice(database.root, { client, total: '50.00' });
    const { waiting } = await receiver.receive([created(invoice)]);
    return waiting;
  };
  const freeze = (isFrozen: boolean) =>
    database.query('UPDATE mod_creditbridge_settings SET frozen = ?', [isFrozen]);
  await database.query("UPDATE mod_creditbridge_commands SET state = 'done', live_fact = NULL");

  const client = await addClient(database.root, { credit: '200.00' });
  await freeze(true);
  expect(await told(client)).toBe(0);
  await freeze(false);
  await database.query("UPDATE mod_creditbridge_commands SET state = 'done', live_fact = NULL");
  await database.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (?, 'test', 'test', UTC_TIMESTAMP(6))`,
    [client],
  );
  expect(await told(client)).toBe(0);
  await database.query('DELETE FROM mod_creditbridge_frozen_clients');
  expect(await told(client)).toBe(1);
});

test('an invoice that is paid while its decision waits for its client is decided as it is then', async () => {
  const client = await addClient(database.root, { credit: '80.00' });
  const invoice = await addInvoice(database.root, { client, total: '50.00' });
  const other = await database.root.getConnection();
  await other.query('BEGIN');
  await other.query('INSERT INTO mod_creditbridge_clients (client_id, version) VALUES (?, 1)', [
    client,
  ]);
  const told = receiveOne(created(invoice));
  await vi.waitUntil(
    async () =>
      (
        await database.query(
          `SELECT 1 FROM information_schema.processlist
           WHERE info LIKE 'INSERT INTO mod_creditbridge_clients%' AND info LIKE ?`,
          [`%(${client},1)%`],
        )
      ).length > 0,
    30_000,
  );
  await database.query("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", [invoice]);
  await other.query('COMMIT');
  other.release();

  expect(await told).toMatchObject({ outcome: 'accepted' });
  expect(await commandsOf(client)).toEqual([]);
  expect(await decisionsOf(client)).toMatchObject([
    { rule: 'auto-apply', target: `invoice:${invoice}`, reason: expect.stringContaining('Paid') },
  ]);
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
