import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import {
  type Admin,
  findApproval,
  type Operation,
  type Proposed,
} from '../../src/operations/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { visitPages } from '../support/page-visitor.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

/** What somebody may try with operations by hand, on purpose or by mistake. Currencies: 1 EUR, 2 USD, 3 JPY. */

const database = await createServiceDatabase(testDatabaseServer());
const replica = () =>
  createParts(
    { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
const [parts, other] = [await replica(), await replica()];
const { operations } = parts;
afterAll(async () => {
  await Promise.all([parts.close(), other.close()]);
  await database.drop();
});
beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(parts.db);
});

const ADA: Admin = { kind: 'admin', adminId: 1 };
const SAM: Admin = { kind: 'admin', adminId: 2 };
const ask = (actor: Admin) => ({ actor, reason: 'As agreed by phone.', at: new Date() });

async function clientWith(credit: string, currency = 1, status = 'Active'): Promise<number> {
  const id = await addClient(database.root, { credit, currency, status });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Start', ?)",
    [id, whmcsDay(), credit],
  );
  await mirrorLog(parts.db);
  return id;
}

const add = (clientId: number, amount: string, description: string | null = null): Operation => ({
  kind: 'add',
  clientId,
  amount,
  grantKind: 'promotional',
  startsOn: null,
  expiresOn: null,
  priority: 100,
  refundable: false,
  description,
});
const deduct = (clientId: number, amount: string, grantId: string | null = null): Operation => ({
  kind: 'deduct',
  clientId,
  amount,
  grantId,
  description: null,
});
const transfer = (clientId: number, toClientId: number): Operation => ({
  kind: 'transfer',
  clientId,
  toClientId,
  amount: '1.00',
  grantId: null,
  grantKind: 'adjustment',
});

const commandsOf = (client: number) =>
  database.query<{ parameters: string }>(
    'SELECT parameters FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY id',
    [client],
  );
const idOf = (proposed: Proposed) => {
  if (proposed.outcome === 'refused') throw new Error(proposed.message);
  return proposed.id;
};

/** Approval above 100.00 in every currency, for a while. */
async function withLimits(work: () => Promise<void>): Promise<void> {
  await generousApprovals(database.query);
  const amounts = { 1: '100.00', 2: '100.00', 3: '100.00' };
  await operations.propose({ kind: 'threshold', amounts }, ask(ADA));
  try {
    await work();
  } finally {
    await generousApprovals(database.query);
  }
}

const NO_AMOUNTS = [
  '',
  '0',
  '0.00',
  '-1.00',
  '+1.00',
  '1e30',
  '1E2',
  '0x10',
  '.5',
  '1.',
  '1.005',
  '1 000.00',
  '1,000.00',
  '1.000,00',
  '١٠.٠٠',
  '１.００',
  '100000000000000.00',
  'NaN',
  'Infinity',
  '€1.00',
];
test.each(NO_AMOUNTS)('%j is no amount, whichever way it comes', async (amount) => {
  const client = await clientWith('5.00');
  await expect(operations.propose(add(client, amount), ask(ADA))).rejects.toThrow();
  const ada = visitPages((one) => parts.pages.render(one), database.installation, 1);
  const { status, html } = await ada.send(`client/${client}/deduct`, 'propose-operation', {
    amount,
    reason: 'x',
  });
  expect([status, html]).toEqual([422, expect.stringContaining('An amount is written like 12.50')]);
  expect(await commandsOf(client)).toEqual([]);
});

test('a comma before the last digits is read on the page as people there write it, and nowhere else', async () => {
  const client = await clientWith('5.00');
  const ada = visitPages((one) => parts.pages.render(one), database.installation, 1);
  const typed = { amount: '1,50', reason: 'x' };
  const { status } = await ada.send(`client/${client}/deduct`, 'propose-operation', typed);
  expect(status).toBe(303);
  const [command] = await commandsOf(client);
  expect(JSON.parse(command?.parameters ?? '')).toMatchObject({ amount: '1.50', type: 'remove' });
  await expect(operations.propose(add(client, '1,50'), ask(ADA))).rejects.toThrow();
});

test('hundredths of a currency that is shown without them stay exact, as WHMCS stores them', async () => {
  const client = await clientWith('0.00', 3);
  await operations.propose(add(client, '100.50'), ask(ADA));
  const [command] = await commandsOf(client);
  expect(JSON.parse(command?.parameters ?? '')).toMatchObject({ amount: '100.50' });
});

test('a balance that WHMCS could not store is refused before WHMCS is asked', async () => {
  const client = await clientWith('99999999999999.00');
  expect(await operations.propose(add(client, '1.00'), ask(ADA))).toMatchObject({
    code: 'amount-too-large',
  });
});

test('a transfer goes to another, living client with the same currency', async () => {
  const client = await clientWith('5.00');
  const frozen = await clientWith('0.00');
  await operations.freeze(frozen, { ...ask(ADA), reason: 'Chargeback' });
  for (const [to, code] of [
    [client, 'same-client'],
    [await clientWith('0.00', 2), 'currencies-differ'],
    [await clientWith('0.00', 1, 'Closed'), 'client-closed'],
    [frozen, 'client-frozen'],
    [4_000_000, 'client-unknown'],
  ] as const) {
    expect(await operations.propose(transfer(client, to), ask(ADA))).toMatchObject({ code });
  }
  expect(await commandsOf(client)).toEqual([]);
});

test('two admins who approve at once on two replicas move the credit once', async () => {
  await withLimits(async () => {
    const client = await clientWith('5.00');
    for (let round = 0; round < 8; round += 1) {
      const id = idOf(await operations.propose(add(client, '200.00'), ask(ADA)));
      const decided = await Promise.all([
        operations.approve(id, ask(SAM)),
        other.operations.approve(id, ask({ kind: 'admin', adminId: 3 })),
        operations.reject(id, ask({ kind: 'admin', adminId: 4 })),
        other.operations.withdraw(id, ask(ADA)),
      ]);
      expect(decided.filter(({ outcome }) => outcome !== 'refused')).toHaveLength(1);
      const facts = await database.query(
        'SELECT fact FROM mod_creditbridge_commands WHERE fact LIKE ?',
        [`operation:${id}%`],
      );
      const isApproved = decided.some(({ outcome }) => outcome === 'approved');
      expect(facts).toHaveLength(isApproved ? 1 : 0);
    }
  });
});

test('what was agreed to in one currency is not done in another', async () => {
  await withLimits(async () => {
    const client = await clientWith('5.00', 3);
    const id = idOf(await operations.propose(add(client, '15000.00'), ask(ADA)));
    await database.query('UPDATE tblclients SET currency = 1 WHERE id = ?', [client]);
    const refused = await operations.approve(id, ask(SAM));
    expect(refused).toMatchObject({ code: 'currency-changed' });
    expect(await findApproval(parts.db, id)).toMatchObject({
      state: 'pending',
      currencyId: 3,
    });
    expect(await commandsOf(client)).toEqual([]);
    await database.query('UPDATE tblclients SET currency = 3 WHERE id = ?', [client]);
  });
});

test('on approval either client may have been frozen or closed, and then it waits', async () => {
  await withLimits(async () => {
    const [from, to] = [await clientWith('500.00'), await clientWith('0.00')];
    const wish = { ...transfer(from, to), amount: '200.00' } as Operation;
    const id = idOf(await operations.propose(wish, ask(ADA)));
    await database.query("UPDATE tblclients SET status = 'Closed' WHERE id = ?", [to]);
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'client-closed' });
    await database.query("UPDATE tblclients SET status = 'Active' WHERE id = ?", [to]);
    await operations.freeze(from, { ...ask(SAM), reason: 'Chargeback' });
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'client-frozen' });
    await operations.unfreeze(from, ask(SAM));
    await database.query('UPDATE mod_creditbridge_settings SET frozen = 1');
    expect(await operations.approve(id, ask(SAM))).toMatchObject({ code: 'frozen' });
    await database.query('UPDATE mod_creditbridge_settings SET frozen = 0');
    expect((await operations.approve(id, ask(SAM))).outcome).toBe('approved');
  });
});

test('taking the approval amount away does not let the proposer approve what waits', async () => {
  const client = await clientWith('500.00');
  let id = '';
  await withLimits(async () => {
    id = idOf(await operations.propose(deduct(client, '200.00'), ask(ADA)));
  });
  expect(await operations.approve(id, ask(ADA))).toMatchObject({ code: 'own-proposal' });
  expect(await commandsOf(client)).toEqual([]);
  expect((await operations.approve(id, ask(SAM))).outcome).toBe('approved');
});

test('a grant of which a part is held is neither revoked nor taken from beyond what is free', async () => {
  await withLimits(async () => {
    const client = await clientWith('150.00');
    const [grant] = await database.query<{ id: string }>(
      'SELECT CAST(id AS CHAR) AS id FROM mod_creditbridge_grants WHERE client_id = ?',
      [client],
    );
    const grantId = grant?.id ?? '';
    const waits = await operations.propose(deduct(client, '120.00'), ask(ADA));
    expect(waits.outcome).toBe('waits-for-approval');
    const revoke = { kind: 'revoke', clientId: client, grantId, description: null } as const;
    expect(await operations.propose(revoke, ask(SAM))).toMatchObject({
      code: 'balance-too-small',
      message: expect.stringMatching(
        /can spend 30\.00 EUR.*120\.00 EUR of its 150\.00 EUR is held/,
      ),
    });
    expect(await operations.propose(deduct(client, '31.00', grantId), ask(SAM))).toMatchObject({
      code: 'balance-too-small',
    });
    await operations.withdraw(idOf(waits), ask(ADA));
    const limited = await operations.propose(revoke, ask(SAM));
    expect(limited.outcome).toBe('waits-for-approval');
    await expectCoherentLedger(database, { caughtUp: false });
  });
});

test('an id that was used for one wish does nothing for another, not even of another client', async () => {
  const [one, two] = [await clientWith('5.00'), await clientWith('5.00')];
  const id = newId();
  expect((await operations.propose(add(one, '1.00'), { ...ask(ADA), id })).outcome).toBe(
    'commanded',
  );
  for (const wish of [add(one, '2.00'), add(two, '1.00'), deduct(one, '1.00')]) {
    expect(await operations.propose(wish, { ...ask(SAM), id })).toMatchObject({
      code: 'id-reused',
    });
  }
  expect(await commandsOf(one)).toHaveLength(1);
  expect(await commandsOf(two)).toEqual([]);
});

test('a description cannot pass its row off as that of another command', async () => {
  const client = await clientWith('5.00');
  await operations.propose(add(client, '1.00', `Thanks [cb:${newId()}] [CB:x]`), ask(ADA));
  const [command] = await commandsOf(client);
  const { description } = JSON.parse(command?.parameters ?? '{}');
  expect(description).toMatch(/^Thanks \(cb:/);
  expect(description).not.toMatch(/\[cb:/i);
});
