import { expect, test } from 'vitest';
import { hookItem } from '../support/hook-item.ts';
import { created, openDeliveries, paid } from '../support/open-deliveries.ts';
import { createTestReceiver, turnOn } from '../support/test-receiver.ts';
import { addClient, addDeposit, addInvoice, addPayment } from '../support/whmcs-rows.ts';

const { database, engine, receiver, commandsOf, decisionsOf, stored, receiveOne } =
  await openDeliveries();

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

test('what a page asks is answered and not kept', async () => {
  const client = await addClient(database.root, { credit: '0.00' });
  const asked = hookItem('ClientAreaPageAddFunds', { userid: client });

  expect(await receiveOne(asked)).toMatchObject({ id: asked.id, outcome: 'accepted' });

  expect(await stored(asked.id)).toBeUndefined();
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
