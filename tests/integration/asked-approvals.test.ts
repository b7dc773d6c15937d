import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { explain } from '../../src/api/endpoints/explain.ts';
import { listApprovals } from '../../src/api/endpoints/list-approvals.ts';
import { createApiContext } from '../../src/app/create-api-context.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { prune } from '../../src/app/retention.ts';
import { createLogger } from '../../src/base/logger.ts';
import { eraseClients } from '../../src/privacy/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { created, paid } from '../support/open-deliveries.ts';
import { ask, later, SAM } from '../support/open-operations.ts';
import { visitPages } from '../support/page-visitor.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import {
  addAdmin,
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addPayment,
} from '../support/whmcs-rows.ts';

// A limit of a rule that only lets a proposal through once an admin agrees.

const ADA = { kind: 'admin', adminId: 1 } as const;
const ASKS = join(import.meta.dirname, '../fixtures/rules/asks-approval.ts');
const BONUS = { tiers: [{ from: { 1: '1.00' }, percent: '10' }], capPerPeriod: { 1: '12.00' } };

const database = await createServiceDatabase(testDatabaseServer());
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [ASKS], ruleTimeoutMs: 2000 },
  { log: createLogger('silent'), now: Date.now },
);
const { operations, receiver } = parts;
afterAll(async () => {
  await parts.close();
  await database.drop();
});
beforeAll(async () => {
  await addCurrencies(database.root);
  await addAdmin(database.root, 'ada');
  await addAdmin(database.root, 'sam');
  await beginLedger(parts.db);
});
beforeEach(async () => {
  await generousApprovals(database.query);
  await database.query('DELETE FROM mod_creditbridge_approvals');
  await turnOn(database, 'auto-apply', {});
  await turnOn(database, 'deposit-bonus', {}, 'off');
  await turnOn(database, 'asks-approval', { above: { 1: '5.00' } });
});
afterEach(() => expectCoherentLedger(database));

const visitor = visitPages(
  (request) => parts.pages.render(request),
  database.installation,
  SAM.adminId,
);
const api = createApiContext(parts, { now: Date.now, onCommands: () => undefined });

interface ApprovalRow {
  readonly id: string;
  readonly state: string;
  readonly amount: number;
  readonly hold: number;
  readonly proposed_by: string;
}

const approvalsOf = (client: number) =>
  database.query<ApprovalRow>(
    `SELECT id, state, amount_hundredths AS amount, hold_hundredths AS hold, proposed_by
     FROM mod_creditbridge_approvals WHERE client_id = ? ORDER BY id`,
    [client],
  );
const commandsOf = (client: number) =>
  database.query(
    'SELECT fact, action, state, amount_hundredths AS amount FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY id',
    [client],
  );
const outcomesOf = async (client: number) =>
  (
    await database.query<{ outcome: string }>(
      'SELECT outcome FROM mod_creditbridge_decisions WHERE client_id = ? ORDER BY first_at, id',
      [client],
    )
  ).map(({ outcome }) => outcome);

async function clientWith(credit: string): Promise<number> {
  const id = await addClient(database.root, { credit });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Start', ?)",
    [id, whmcsDay(), credit],
  );
  await mirrorLog(parts.db);
  return id;
}

/** A client with 30.00, and an invoice over 20.00 that waits for an admin. */
async function waiting() {
  const client = await clientWith('30.00');
  const invoice = await addInvoice(database.root, { client, total: '20.00' });
  await receiver.receive([created(invoice)]);
  const [approval] = await approvalsOf(client);
  if (approval === undefined) throw new Error('Nothing waits.');
  return { client, invoice, id: approval.id, fact: `auto-apply:invoice:${invoice}:created` };
}

async function deposit(client: number, total: string): Promise<void> {
  const invoice = await addDeposit(database.root, { client, total, status: 'Paid' });
  await addPayment(database.root, { client, invoice, amountIn: total });
  await receiver.receive([paid(invoice)]);
}

test('what is above the limit waits, is held, and is asked once whatever the number of deliveries', async () => {
  const { client, invoice, id } = await waiting();
  expect(await approvalsOf(client)).toEqual([
    { id, state: 'pending', amount: 2000, hold: 2000, proposed_by: 'rule:auto-apply' },
  ]);
  expect(await commandsOf(client)).toEqual([]);
  await receiver.receive([created(invoice)]);
  await receiver.receive([created(invoice), created(invoice)]);
  expect(await approvalsOf(client)).toHaveLength(1);

  // Of the 30.00 only 10.00 are free; below the limit nobody is asked.
  const other = await addInvoice(database.root, { client, total: '12.00' });
  await receiver.receive([created(other)]);
  const small = await addInvoice(database.root, { client, total: '4.00' });
  await receiver.receive([created(small)]);
  expect((await approvalsOf(client)).map(({ amount }) => amount)).toEqual([2000, 1000]);
  expect(await commandsOf(client)).toEqual([]);
});

test('what is not above the limit is done at once', async () => {
  const client = await clientWith('30.00');
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  await receiver.receive([created(invoice)]);
  expect(await commandsOf(client)).toMatchObject([{ action: 'ApplyCredit', amount: 500 }]);
  expect(await approvalsOf(client)).toEqual([]);
});

test('one admin agrees, and the command with the same fact is written with the figures of then', async () => {
  const { client, invoice, id, fact } = await waiting();
  await database.query('UPDATE tblinvoices SET total = 14, subtotal = 14 WHERE id = ?', [invoice]);
  expect(await operations.approve(id, ask(SAM))).toEqual({
    outcome: 'approved',
    id,
    facts: [fact],
  });
  expect(await commandsOf(client)).toEqual([
    { fact, action: 'ApplyCredit', state: 'open', amount: 1400 },
  ]);
  expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'already-decided' });
  expect(await outcomesOf(client)).toEqual(['waits', 'effect']);
  expect(
    await database.query(
      "SELECT 1 AS noted FROM mod_creditbridge_audit WHERE act = 'operation-approve' AND details LIKE ?",
      [`%${id}%`],
    ),
  ).toEqual([{ noted: 1 }]);
});

test('never more is done than was agreed to', async () => {
  const { client, invoice, id } = await waiting();
  await database.query('UPDATE tblinvoices SET total = 28, subtotal = 28 WHERE id = ?', [invoice]);
  expect(await operations.approve(id, ask(SAM))).toMatchObject({ outcome: 'approved' });
  expect(await commandsOf(client)).toMatchObject([{ amount: 2000 }]);
});

test('an invoice that was paid meanwhile is said, nothing is done, and the rule is not asked again', async () => {
  const { client, invoice, id } = await waiting();
  await database.query("UPDATE tblinvoices SET status = 'Paid' WHERE id = ?", [invoice]);
  expect(await operations.approve(id, ask(SAM))).toMatchObject({
    code: 'not-as-it-was',
    message: expect.stringContaining(`Invoice #${invoice} is Paid.`),
  });
  expect(await commandsOf(client)).toEqual([]);
  expect(await approvalsOf(client)).toMatchObject([{ state: 'pending' }]);
});

test('rejected, the fact is answered: it is not proposed again, also when nobody asks any more', async () => {
  const { client, invoice, id } = await waiting();
  expect(await operations.reject(id, ask(SAM))).toMatchObject({ outcome: 'rejected' });
  await receiver.receive([created(invoice)]);
  await turnOn(database, 'asks-approval', {}, 'off');
  await receiver.receive([created(invoice)]);
  expect(await commandsOf(client)).toEqual([]);
  expect(await approvalsOf(client)).toMatchObject([{ state: 'rejected' }]);
  const [last] = await database.query<{ reason: string }>(
    "SELECT reason FROM mod_creditbridge_decisions WHERE client_id = ? AND outcome = 'skipped'",
    [client],
  );
  expect(last?.reason).toContain('An admin did not agree to this.');
  // What was held is free again.
  const other = await addInvoice(database.root, { client, total: '30.00' });
  await receiver.receive([created(other)]);
  expect(await commandsOf(client)).toMatchObject([{ amount: 3000 }]);
});

test('nobody decides: it ends with a finding and a mail, never silently, and is not asked again', async () => {
  const { client, invoice, id } = await waiting();
  await operations.sweep(later(1));
  const mails = () =>
    database.query<{ fact: string }>(
      "SELECT fact FROM mod_creditbridge_commands WHERE action = 'SendAdminEmail' AND fact LIKE 'rules-%' ORDER BY fact",
    );
  const told = await mails();
  expect(told).toMatchObject([{ fact: expect.stringMatching(/^rules-ask:/) }]);
  await operations.sweep(later(1));
  expect(await mails()).toEqual(told);

  expect(await operations.sweep(later(8))).toMatchObject({ expired: 1 });
  expect(await mails()).toContainEqual({ fact: expect.stringMatching(/^rules-lapsed:/) });
  expect(
    await database.query('SELECT text FROM mod_creditbridge_findings WHERE fact = ?', [
      `proposal-lapsed:${id}`,
    ]),
  ).toEqual([{ text: expect.stringContaining('The rule does not propose it again') }]);
  await receiver.receive([created(invoice)]);
  expect(await approvalsOf(client)).toMatchObject([{ state: 'expired' }]);
  expect(await commandsOf(client)).toEqual([]);
});

test('a rule that observes asks nobody, neither as the one who proposes nor as the one who limits', async () => {
  await turnOn(database, 'auto-apply', {}, 'observe');
  const client = await clientWith('30.00');
  const first = await addInvoice(database.root, { client, total: '20.00' });
  await receiver.receive([created(first)]);
  expect(await outcomesOf(client)).toEqual(['observed']);
  await turnOn(database, 'auto-apply', {});
  await turnOn(database, 'asks-approval', { above: { 1: '5.00' } }, 'observe');
  const second = await addInvoice(database.root, { client, total: '20.00' });
  await receiver.receive([created(second)]);
  expect(await approvalsOf(client)).toEqual([]);
  expect(await commandsOf(client)).toMatchObject([{ amount: 2000 }]);
});

test('a frozen client is not asked about, and nothing is agreed to until it is let go', async () => {
  const { client, id } = await waiting();
  await operations.freeze(client, ask(ADA));
  expect(await operations.approve(id, ask(SAM))).toMatchObject({
    code: 'not-as-it-was',
    message: expect.stringContaining('This client is frozen'),
  });
  const invoice = await addInvoice(database.root, { client, total: '9.00' });
  await receiver.receive([created(invoice)]);
  expect(await approvalsOf(client)).toHaveLength(1);
  await operations.unfreeze(client, ask(ADA));
  expect(await operations.approve(id, ask(SAM))).toMatchObject({ outcome: 'approved' });
});

test('a bonus that waits counts towards its cap, so no cap is used twice', async () => {
  await turnOn(database, 'deposit-bonus', BONUS);
  const client = await addClient(database.root);
  await deposit(client, '100.00');
  await deposit(client, '100.00');
  const [first, ...others] = await approvalsOf(client);
  expect(first).toMatchObject({ amount: 1000, hold: 0, proposed_by: 'rule:deposit-bonus' });
  expect(others).toEqual([]);
  // The rest of the cap is below the limit.
  expect(await commandsOf(client)).toMatchObject([{ amount: 200 }]);
  expect(await operations.approve(first?.id ?? '', ask(SAM))).toMatchObject({
    outcome: 'approved',
  });
  expect((await commandsOf(client)).map(({ amount }) => amount)).toEqual([200, 1000]);
});

test('nobody agrees to an amount of a rule in another currency than it was proposed in', async () => {
  await turnOn(database, 'deposit-bonus', { ...BONUS, capPerPeriod: {} });
  const client = await addClient(database.root);
  await deposit(client, '100.00');
  const [waits] = await approvalsOf(client);
  await database.query('UPDATE tblclients SET currency = 2 WHERE id = ?', [client]);
  expect(await operations.approve(waits?.id ?? '', ask(SAM))).toMatchObject({
    code: 'currency-changed',
  });
  expect(await commandsOf(client)).toEqual([]);
  await database.query('UPDATE tblclients SET currency = 1 WHERE id = ?', [client]);
  expect(await operations.approve(waits?.id ?? '', ask(SAM))).toMatchObject({
    outcome: 'approved',
  });
});

test('who changed the settings of the rule agrees to no more than one admin may do alone; others agree', async () => {
  await turnOn(database, 'deposit-bonus', { ...BONUS, capPerPeriod: {} });
  await database.query(
    `INSERT INTO mod_creditbridge_rule_settings_history (rule, layer, layer_id, version, mode, settings, changed_by, changed_at)
     VALUES ('deposit-bonus', 'installation', 0, 1, 'on', '{}', 'admin:1', UTC_TIMESTAMP(6) - INTERVAL 1 DAY)`,
  );
  await operations.propose({ kind: 'threshold', amounts: { '1': '15.00' } }, ask(ADA));
  const client = await addClient(database.root);
  for (let times = 0; times < 3; times++) await deposit(client, '100.00');
  const [first, second, third] = await approvalsOf(client);
  expect(await operations.approve(first?.id ?? '', ask(ADA))).toMatchObject({
    outcome: 'approved',
  });
  expect(await operations.approve(second?.id ?? '', ask(ADA))).toMatchObject({
    code: 'own-settings',
    message: expect.stringContaining('Another admin has to agree.'),
  });
  expect(await operations.approve(second?.id ?? '', ask(SAM))).toMatchObject({
    outcome: 'approved',
  });
  // Somebody else's later settings do not make it somebody else's proposal, but the shell of a sole admin does.
  await database.query(
    `UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(IF(JSON_VALID(whmcs), whmcs, '{}'), '$.creditAdmins', JSON_OBJECT('ids', JSON_ARRAY(1)))`,
  );
  const shell = { ...ask(ADA), actor: { kind: 'cli', user: 'root' } } as const;
  expect(await operations.approveInShell(third?.id ?? '', shell)).toMatchObject({
    outcome: 'approved',
  });
});

test('two who agree at the same moment have it done once', async () => {
  const { client, id } = await waiting();
  const both = await Promise.all([
    operations.approve(id, ask(ADA)),
    operations.approve(id, ask(SAM)),
  ]);
  expect(both.map(({ outcome }) => outcome).sort()).toEqual(['approved', 'refused']);
  expect(await commandsOf(client)).toHaveLength(1);
});

test('the page of approvals shows what the rule wants, why, and who asks; its button agrees', async () => {
  const { client, invoice, id } = await waiting();
  const { html } = await visitor.get('approvals');
  expect(html).toContain(`wants to put €20.00 EUR on invoice #${invoice}`);
  expect(html).toContain('It waits until an admin agrees. So much is looked at first.');
  expect(html).toContain('Proposed by the rule “auto-apply”');
  expect(html).toMatch(/holds <span[^>]*>€20.00 EUR/);
  const why = (await visitor.get(`decisions/${id}`)).html;
  expect(why).toContain(
    `Credit Bridge waits until an admin agrees to put 20.00 EUR on invoice #${invoice}.`,
  );
  expect(why).toContain('An admin has to agree');
  await visitor.send('approvals', 'approve-proposal', { reason: '' });
  expect(await commandsOf(client)).toMatchObject([{ amount: 2000 }]);
});

test('the API and the command line list it and explain it', async () => {
  const { invoice, id } = await waiting();
  const caller = { kind: 'cli', user: 'root' } as const;
  const call = { caller, body: {}, params: {} };
  const listed = await listApprovals.answer(
    { ...call, query: { pending: true, limit: 10 } } as never,
    api,
  );
  expect(listed).toMatchObject({
    body: {
      approvals: [{ id, operation: { kind: 'effect', rule: 'auto-apply' }, amount: '20.00' }],
    },
  });
  const told = await explain.answer(
    { ...call, query: {}, params: { subject: 'invoice', id: String(invoice) } } as never,
    api,
  );
  expect(JSON.stringify(told)).toContain('waits until an admin agrees');
});

test('what nobody agreed to stays answered when old rows are pruned and a client’s texts are erased', async () => {
  const { client, invoice, id } = await waiting();
  await operations.reject(id, { ...ask(SAM), reason: 'Anna said no.' });
  await database.query(
    'UPDATE mod_creditbridge_approvals SET proposed_at = proposed_at - INTERVAL 3 YEAR, decided_at = decided_at - INTERVAL 3 YEAR WHERE id = ?',
    [id],
  );
  await prune(parts.db, new Date());
  await eraseClients(parts.db, [client], 'living');
  expect(
    await database.query(
      'SELECT state, decision_reason FROM mod_creditbridge_approvals WHERE id = ?',
      [id],
    ),
  ).toEqual([{ state: 'rejected', decision_reason: '' }]);
  await receiver.receive([created(invoice)]);
  expect(await commandsOf(client)).toEqual([]);
});
