import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { changeCurrency } from '../../src/books/index.ts';
import { inTransaction } from '../../src/db/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import type { Admin, Operation } from '../../src/operations/index.ts';
import type { RuleMode, SettingsLayer } from '../../src/rules/engine/index.ts';
import { generousApprovals } from '../support/generous-approvals.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

// What one admin can make alone: by hand, and by settings of rules that give credit.

const database = await createServiceDatabase(testDatabaseServer());
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
const { operations } = parts;
afterAll(async () => {
  await parts.close();
  await database.drop();
});

const ADA: Admin = { kind: 'admin', adminId: 1 };
const SAM: Admin = { kind: 'admin', adminId: 2 };
const RULE = 'deposit-bonus';
const START = Date.now();
let clients: readonly number[] = [];

beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(parts.db);
  clients = [
    await addClient(database.root),
    await addClient(database.root, { currency: 2 }),
    await addClient(database.root, { currency: 3 }),
  ];
});
beforeEach(forget);

/** Nothing was set or done yet, and an admin may do 100.00 EUR alone: 110.00 USD, or 16000.00 JPY. */
async function forget(): Promise<void> {
  await generousApprovals(database.query);
  await database.query('DELETE FROM mod_creditbridge_commands');
  await database.query('DELETE FROM mod_creditbridge_approvals');
  await database.query('DELETE FROM mod_creditbridge_rule_settings WHERE rule = ?', [RULE]);
  const amounts = { '1': '100.00' };
  const set = await operations.propose({ kind: 'threshold', amounts }, ask(ADA, START));
  expect(set.outcome).toBe('saved');
}

const ask = (actor: Admin, at: number) => ({ actor, reason: 'Because.', at: new Date(at) });

const add = (clientId: number, amount: string): Operation => ({
  kind: 'add',
  clientId,
  amount,
  grantKind: 'paid',
  startsOn: null,
  expiresOn: null,
  priority: 100,
  refundable: true,
  description: null,
});

type Settings = Readonly<Record<string, unknown>>;
type Where = readonly [SettingsLayer, number];

async function set(
  [layer, layerId]: Where,
  now: { readonly mode: RuleMode; readonly settings: Settings } | null,
  at = START,
) {
  const [row] = await database.query<{ version: number }>(
    'SELECT version FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = ? AND layer_id = ?',
    [RULE, layer, layerId],
  );
  const change = { rule: RULE, layer, layerId, now, basedOn: row?.version ?? 0 };
  const copied = now && { ...now, settings: { ...now.settings } };
  return operations.changeRule(
    { ...change, now: copied },
    { ...ask(ADA, at), token: newId() },
    async () => undefined,
  );
}

const EVERYONE: Where = ['installation', 0];
const fixed = (amount: string) => [{ from: { '1': '10.00' }, fixed: { '1': amount } }];
const capped = (cap: string): Settings => ({ tiers: fixed('5.00'), capPerPeriod: { '1': cap } });

test('a bonus of 90,000.00 for one client waits for a second admin, and so does what has no cap', async () => {
  const where: Where = ['client', clients[0] ?? 0];
  const bonus = { mode: 'on', settings: { tiers: fixed('90000.00') } } as const;
  const proposed = await set(where, bonus);
  expect(proposed).toMatchObject({
    outcome: 'waits-for-approval',
    because: expect.stringContaining('because nothing caps it'),
  });
  if (proposed.outcome !== 'waits-for-approval') throw new Error(proposed.outcome);
  expect(await settingsOf(where)).toBeUndefined();
  for (const slip of ['100000.01', '99999999999999.99']) {
    for (const settings of [{ tiers: fixed(slip) }, { capPerPeriod: { '1': slip } }]) {
      expect(await set(where, { mode: 'on', settings })).toMatchObject({
        code: 'amount-too-large',
      });
    }
  }
  expect(await operations.approve(proposed.id, ask(ADA, START))).toMatchObject({
    code: 'own-proposal',
  });
  expect((await operations.approve(proposed.id, ask(SAM, START))).outcome).toBe('approved');
  expect(await settingsOf(where)).toMatchObject({ mode: 'on', changed_by: 'admin:1' });
  // What two agreed to is not asked again; to turn it off needs nobody.
  expect((await set(where, { ...bonus, mode: 'off' })).outcome).toBe('saved');
  expect((await set(where, bonus)).outcome).toBe('waits-for-approval');
});

test('a rule that does not say what it gives at most waits for a second admin, for one client, too', async () => {
  const rule = new URL('../fixtures/echo/echoes-credit.ts', import.meta.url).pathname;
  const withRule = await createParts(
    { databaseUrl: database.serviceUrl, rules: [rule], ruleTimeoutMs: 10_000 },
    { log: createLogger('silent'), now: Date.now },
  );
  try {
    const turnOn = {
      rule: 'echoes-credit',
      layer: 'client',
      layerId: clients[0] ?? 0,
      now: { mode: 'on', settings: {} },
      basedOn: 0,
    } as const;
    const asked = { ...ask(ADA, START), token: newId() };
    expect(
      await withRule.operations.changeRule(turnOn, asked, async () => undefined),
    ).toMatchObject({
      outcome: 'waits-for-approval',
      because: expect.stringContaining('because nothing caps it'),
    });
  } finally {
    await withRule.close();
  }
});

test('settings for everyone or a group wait, and those of one client count with what else was done', async () => {
  const [one = 0, other = 0] = clients;
  const on = (cap: string) => ({ mode: 'on', settings: capped(cap) }) as const;
  expect(await set(EVERYONE, on('0.01'))).toMatchObject({
    because: expect.stringContaining('all clients together'),
  });
  expect((await set(['group', 4], on('0.01'))).outcome).toBe('waits-for-approval');
  expect((await set(EVERYONE, { ...on('9000.00'), mode: 'observe' })).outcome).toBe('saved');
  // A day may see the end of one month and the beginning of the next.
  expect((await set(['client', one], on('25.00'))).outcome).toBe('saved');
  expect((await operations.propose(add(one, '50.01'), ask(ADA, START))).outcome).toBe(
    'waits-for-approval',
  );
  expect((await operations.propose(add(one, '30.00'), ask(ADA, START))).outcome).toBe('commanded');
  expect((await set(['client', other], on('10.01'))).outcome).toBe('waits-for-approval');
  expect((await set(['client', other], on('10.00'))).outcome).toBe('saved');
  // What was given by hand is over the next day; what the settings give comes every day.
  const tomorrow = START + 25 * 3_600_000;
  expect((await operations.propose(add(one, '30.01'), ask(ADA, tomorrow))).outcome).toBe(
    'waits-for-approval',
  );
  expect((await operations.propose(add(one, '30.00'), ask(ADA, tomorrow))).outcome).toBe(
    'commanded',
  );
});

test('a more general setting that a client’s inherits, and a removed exception, are levers, too', async () => {
  const where: Where = ['client', clients[0] ?? 0];
  expect((await set(EVERYONE, { mode: 'off', settings: capped('10.00') })).outcome).toBe('saved');
  expect((await set(where, { mode: 'on', settings: {} })).outcome).toBe('saved');
  expect((await set(EVERYONE, { mode: 'off', settings: { tiers: fixed('900.00') } })).outcome).toBe(
    'waits-for-approval',
  );

  await forget();
  const everyone = await set(EVERYONE, { mode: 'on', settings: { tiers: fixed('900.00') } });
  if (everyone.outcome !== 'waits-for-approval') throw new Error(everyone.outcome);
  expect((await set(where, { mode: 'off', settings: {} })).outcome).toBe('saved');
  await operations.approve(everyone.id, ask(SAM, START));
  expect((await set(where, { mode: 'observe', settings: {} })).outcome).toBe('saved');
  expect((await set(where, { mode: 'on', settings: {} })).outcome).toBe('waits-for-approval');
});

test('a proposal about settings that were changed meanwhile is not carried out', async () => {
  const waits = await set(EVERYONE, { mode: 'on', settings: capped('1.00') });
  if (waits.outcome !== 'waits-for-approval') throw new Error(waits.outcome);
  await set(EVERYONE, { mode: 'observe', settings: capped('2.00') });
  expect(await operations.approve(waits.id, ask(SAM, START))).toMatchObject({
    code: 'settings-changed',
  });
  expect((await settingsOf(EVERYONE))?.mode).toBe('observe');
});

const mails = async () =>
  (
    await database.query<{ parameters: string }>(
      "SELECT parameters FROM mod_creditbridge_commands WHERE action = 'SendAdminEmail' ORDER BY id",
    )
  ).map(({ parameters }) => JSON.parse(parameters).custommessage as string);

/** As the shim tells who may agree. */
const creditAdmins = (...ids: number[]) =>
  database.query(
    "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.creditAdmins', JSON_OBJECT('of', 'x', 'ids', JSON_EXTRACT(?, '$')))",
    [JSON.stringify(ids)],
  );

const hours = (n: number) => START + n * 3_600_000;

test('what waits is mailed without amounts, and does not lapse silently', async () => {
  const waits = await operations.propose(add(clients[0] ?? 0, '1234.50'), ask(ADA, START));
  expect(waits.outcome).toBe('waits-for-approval');
  const [mail = '', ...more] = await mails();
  expect(more).toEqual([]);
  expect(mail).toContain('Admin #1 proposed what one admin may not do alone');
  expect(mail).toContain('Another admin with Manage Credits has to agree within 7 days');
  expect(mail).not.toMatch(/1234|Because/);
  expect(await operations.sweep(new Date(hours(7 * 24 + 1)))).toMatchObject({ expired: 1 });
  expect((await mails()).at(-1)).toContain('Nobody decided about a proposal within 7 days');
  expect(
    await database.query('SELECT kind, outcome FROM mod_creditbridge_findings ORDER BY found_at'),
  ).toEqual([{ kind: 'proposal-lapsed', outcome: 'open' }]);
});

test('a provider with one eligible admin is not locked out: after a day by itself, or at once in the shell', async () => {
  const shell = { actor: { kind: 'cli', user: 'root' } as const, reason: '', at: new Date(START) };
  const propose = async () => {
    const waits = await operations.propose(add(clients[0] ?? 0, '1000.00'), ask(ADA, START));
    if (waits.outcome !== 'waits-for-approval') throw new Error(waits.outcome);
    return waits.id;
  };
  await creditAdmins(1, 2, 5);
  const first = await propose();
  expect((await mails()).at(-1)).toContain('with Manage Credits (admin #2, admin #5) has to agree');
  expect(await operations.approveInShell(first, shell)).toMatchObject({ code: 'others-may-agree' });
  expect(await operations.sweep(new Date(hours(25)))).toMatchObject({ agreed: 0 });
  await creditAdmins(1);
  const second = await propose();
  expect((await mails()).at(-1)).toContain(`creditbridge approvals approve ${second}`);
  expect((await operations.approveInShell(second, shell)).outcome).toBe('approved');
  expect(await operations.sweep(new Date(hours(23)))).toMatchObject({ agreed: 0 });
  expect(await operations.sweep(new Date(hours(24)))).toMatchObject({ agreed: 1 });
  const audited = await database.query(
    "SELECT actor FROM mod_creditbridge_audit WHERE act = 'operation-approve' AND actor NOT LIKE 'admin:%' ORDER BY id",
  );
  expect(audited).toEqual([{ actor: 'cli:root' }, { actor: 'service:sole-admin' }]);
  // Another admin's proposal is never agreed to in this way.
  await creditAdmins(2);
  await propose();
  expect(await operations.sweep(new Date(hours(30)))).toMatchObject({ agreed: 0 });
});

test('what is moved by hand in WHMCS above the amount, or grows with a changed currency, is told', async () => {
  const client = await addClient(database.root, { currency: 3 });
  await operations.sweep(new Date(START));
  const log = async (text: string, amount: string) => {
    await database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [
      amount,
      client,
    ]);
    await database.query(
      'INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, ?, ?)',
      [client, whmcsDay(), text, amount],
    );
  };
  await log('Little', '15000.00');
  await mirrorLog(parts.db);
  await operations.sweep(new Date(START));
  expect(await mails()).toEqual([]);
  await log('Much', '16000.01');
  await mirrorLog(parts.db);
  await operations.sweep(new Date(START));
  await operations.sweep(new Date(START));
  expect(await mails()).toEqual([
    expect.stringContaining(`came to client #${client} by hand in WHMCS`),
  ]);
  await database.query('UPDATE tblclients SET currency = 1 WHERE id = ?', [client]);
  await inTransaction(parts.db, (trx) => changeCurrency(trx, [client], { at: new Date(START) }));
  await operations.sweep(new Date(START));
  expect((await mails()).at(-1)).toContain('credit whose currency was changed in WHMCS');
  const grants = await database.query(
    'SELECT DISTINCT refundable FROM mod_creditbridge_grants WHERE client_id = ? AND currency_id = 1',
    [client],
  );
  expect(grants).toEqual([{ refundable: 0 }]);
});

test('credit given in a currency without an amount of its own may not be paid out once the client had another, also not in the first again', async () => {
  const client = await addClient(database.root, { currency: 3 });
  await operations.sweep(new Date(START));
  // What one admin may do alone in yen; the figure would be 160 times as much in euros.
  const given = await operations.propose(add(client, '16000.00'), ask(ADA, START));
  expect(given.outcome).toBe('commanded');
  await database.query("UPDATE mod_creditbridge_commands SET state = 'done' WHERE client_id = ?", [
    client,
  ]);
  await database.query('UPDATE tblclients SET credit = 16000 WHERE id = ?', [client]);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Paid by bank', 16000)",
    [client, whmcsDay()],
  );
  const paid = {
    do: 'grant',
    ...plainTerms('paid'),
    refundable: true,
    fundsUnfunded: false,
  } as const;
  await mirrorLog(parts.db, ({ description }) =>
    description === 'Paid by bank' ? { kind: 'manual', act: paid } : null,
  );
  const refundable = () =>
    database.query(
      'SELECT currency_id AS currency, refundable FROM mod_creditbridge_grants WHERE client_id = ? AND remaining_hundredths > 0',
      [client],
    );
  expect(await refundable()).toEqual([{ currency: 3, refundable: 1 }]);
  for (const currency of [1, 3]) {
    await database.query('UPDATE tblclients SET currency = ? WHERE id = ?', [currency, client]);
    await inTransaction(parts.db, (trx) => changeCurrency(trx, [client], { at: new Date(START) }));
    expect(await refundable()).toEqual([{ currency, refundable: 0 }]);
    await operations.sweep(new Date(START));
    // It is told where it is more than one admin may do alone.
    expect((await mails()).length).toBe(1);
  }
  expect(await mails()).toEqual([
    expect.stringContaining('credit whose currency was changed in WHMCS'),
  ]);
});

async function settingsOf([layer, layerId]: Where) {
  const [row] = await database.query<{ mode: RuleMode; settings: string; changed_by: string }>(
    'SELECT mode, settings, changed_by FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = ? AND layer_id = ?',
    [RULE, layer, layerId],
  );
  return row;
}
