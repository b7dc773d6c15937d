import { userInfo } from 'node:os';
import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { connect, inTransaction } from '../../src/db/index.ts';
import { createOperations } from '../../src/operations/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { turnOnAutoApply } from '../support/open-invoices.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { newToken, storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import {
  addAdmin,
  addClient,
  addCurrencies,
  addInvoice,
  addService,
} from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 1);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
await addCurrencies(database.root);
const client = await addClient(database.root, { credit: '80.00' });
const other = await addClient(database.root);
await addAdmin(database.root, 'ada');
await addAdmin(database.root, 'sam');
const env = {
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
};
const token = await storeToken(database, 1);
const runAs = (as: string | undefined, ...args: readonly string[]) =>
  runCommand(args, { ...env, CREDITBRIDGE_TOKEN: as });
const run = (...args: readonly string[]) => runAs(token, ...args);

const commands = () =>
  database.query<{ client_id: number; amount_hundredths: number; actor: string; reason: string }>(
    `SELECT c.client_id, c.amount_hundredths, t.actor, t.reason FROM mod_creditbridge_commands c
     JOIN mod_creditbridge_command_terms t ON t.command_id = c.id ORDER BY c.id`,
  );

test('credit add asks WHMCS once, however often it is repeated under its id', async () => {
  const id = newId();
  const line = [
    'credit',
    'add',
    String(client),
    '12.50',
    '--expires',
    '2099-12-31',
    '--reason',
    'Outage',
    '--id',
    id,
  ];
  const first = await run(...line);
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toContain(`WHMCS is asked for it as operation ${id}.`);
  const again = await run(...line);
  expect(again.out).toContain('nothing was done again');
  expect(await commands()).toEqual([
    { client_id: client, amount_hundredths: 1250, actor: 'admin:1', reason: 'Outage' },
  ]);
});

test('a reason is required, and what makes no sense is refused with what was found', async () => {
  expect(await run('credit', 'add', String(client), '1.00')).toMatchObject({ code: 2 });
  const poor = await run('credit', 'deduct', String(client), '80.01', '--reason', 'x');
  expect(poor).toMatchObject({ code: 1 });
  expect(poor.err).toContain(`Client #${client} can spend 80.00 EUR, less than 80.01 EUR.`);
  const crooked = await run('credit', 'add', String(client), '1,00', '--reason', 'x');
  expect(crooked).toMatchObject({ code: 2, err: expect.stringContaining('amount:') });
  expect(await run('credit', 'revoke', '99', '--reason', 'x')).toMatchObject({ code: 1 });
  expect(await commands()).toHaveLength(1);
});

test('above the approval amount it waits for an admin, and the list says so', async () => {
  await database.query(
    `REPLACE INTO mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at)
     VALUES ('operations/approval', 'installation', 0, 'on', '{"amounts":{"1":"20.00"}}', 1, 'admin:1', UTC_TIMESTAMP(6))`,
  );
  expect((await run('approvals', 'list')).out).toBe('Nothing waits for approval.');
  const { code, out } = await run(
    'credit',
    'transfer',
    String(client),
    String(other),
    '30.00',
    '--reason',
    'Moved',
  );
  expect(code).toBe(0);
  expect(out).toContain('for another admin to approve it on the addon page');
  expect(await commands()).toHaveLength(1);
  const list = await run('approvals', 'list');
  expect(list.out).toMatch(
    new RegExp(`pending +transfer +#${client} +30\\.00 EUR +ada \\(admin #1\\)`),
  );
  expect((await run('approvals', 'approve', 'x')).code).toBe(2);
});

test('who proposed in a shell is the same person on the addon page and cannot approve there', async () => {
  const operations = createOperations({
    db,
    newId,
    show: String,
    askLimits: async () => [],
    carryOutAgreed: async () => ({ outcome: 'refused', because: 'No rule proposes here.' }),
    rules: {
      rules: () => [],
      validateSettings: () => Promise.reject(new Error('No rule is changed here.')),
    },
    eachAlone: eachAloneOf(db),
  });
  const [{ id } = { id: '' }] = await database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_approvals WHERE state = 'pending'",
  );
  const asked = (adminId: number) => ({
    actor: { kind: 'admin', adminId } as const,
    reason: '',
    at: new Date(),
  });
  expect(await operations.approve(id, asked(1))).toMatchObject({ code: 'own-proposal' });
  expect(await operations.approve(id, asked(2))).toMatchObject({ outcome: 'approved' });
});

test('a shell without a token moves no credit and says how to get one; it can still look and stop', async () => {
  const before = await commands();
  const add = ['credit', 'add', String(client), '1.00', '--reason', 'x'] as const;
  for (const none of [undefined, '', ' ']) {
    const { code, err } = await runAs(none, ...add);
    expect([code, err]).toEqual([1, expect.stringContaining('CREDITBRIDGE_TOKEN is not set')]);
    expect(err).toContain('make a token with the scope "propose" on the addon page');
  }
  expect((await runAs('secret', ...add)).err).toContain('holds no token');
  expect((await runAs(newToken(), ...add)).err).toContain('No such token exists here');
  const reading = await storeToken(database, 2, ['read']);
  expect((await runAs(reading, ...add)).err).toContain('scope "propose"');
  await database.query('DELETE FROM tbladminperms WHERE permid = 8');
  const lost = await runAs(token, ...add);
  expect([lost.code, lost.err]).toEqual([1, expect.stringContaining('Manage Credits')]);
  await database.query('INSERT INTO tbladminperms (roleid, permid) VALUES (1, 8)');
  expect(await commands()).toEqual(before);

  expect(await runAs(undefined, 'approvals', 'list')).toMatchObject({ code: 0 });
  const stopped = await runAs(undefined, 'freeze', 'client', String(other), '--reason', 'Fraud?');
  expect(stopped).toMatchObject({ code: 0 });
  expect(await database.query('SELECT frozen_by FROM mod_creditbridge_frozen_clients')).toEqual([
    { frozen_by: `cli:${userInfo().username}` },
  ]);
  const loose = ['unfreeze', 'client', String(other), '--reason', 'Settled'] as const;
  expect(await runAs(undefined, ...loose)).toMatchObject({ code: 1 });
  expect(await run(...loose)).toMatchObject({ code: 0 });
});

test('a client is frozen and unfrozen', async () => {
  const freeze = () => run('freeze', 'client', String(other), '--reason', 'Chargeback');
  expect(await freeze()).toMatchObject({ code: 0 });
  expect(await freeze()).toMatchObject({ code: 1, err: `Client #${other} is frozen already.` });
  const add = await run('credit', 'add', String(other), '1.00', '--reason', 'x');
  expect(add).toMatchObject({ code: 1, err: expect.stringContaining('(Chargeback)') });
  const thaw = ['unfreeze', 'client', String(other), '--reason', 'Settled'];
  expect(await run(...thaw)).toMatchObject({ code: 0 });
  expect(await run('credit', 'add', String(other), '1.00', '--reason', 'x')).toMatchObject({
    code: 0,
  });
});

test('credit that is kept off an invoice is allowed again, with a token only', async () => {
  await database.query(
    'INSERT INTO mod_creditbridge_kept_off (invoice_id, client_id, sequence, since) VALUES (7, 1, 7, UTC_TIMESTAMP(6))',
  );
  const allow = ['allow', 'credit', '7', '--reason', 'As agreed'] as const;
  expect(await runAs(undefined, ...allow)).toMatchObject({ code: 1 });
  expect(await run(...allow)).toMatchObject({
    code: 0,
    out: 'Credit may go on invoice #7 again: rules are asked when it is due or credit arrives.',
  });
  expect(await run(...allow)).toMatchObject({ code: 1, err: 'Credit is not kept off invoice #7.' });
});

test('an invoice is left alone, and credit is allowed on it again', async () => {
  const invoice = String(await addInvoice(database.root, { client: other, total: '10.00' }));
  const leave = ['leave', 'invoice', invoice, '--reason', 'By bank'] as const;
  expect(await runAs(undefined, ...leave)).toMatchObject({ code: 1 });
  expect(await run(...leave)).toMatchObject({
    code: 0,
    out: expect.stringContaining(`No rule puts credit on invoice #${invoice}.`),
  });
  expect(await run(...leave)).toMatchObject({
    code: 1,
    err: `Credit is kept off invoice #${invoice} already.`,
  });
  expect(await run('allow', 'credit', invoice)).toMatchObject({ code: 0 });
});

test('an admin chooses for a client who calls, for one service and for all invoices, and takes it back', async () => {
  const client = String(other);
  const service = String(await addService(database.root, { client: other }));
  const set = (...words: readonly string[]) => run('choices', 'set', client, ...words);
  expect(await runAs(undefined, 'choices', 'set', client, 'keep')).toMatchObject({ code: 1 });
  expect(await set('first')).toMatchObject({
    err: expect.stringContaining('Only a service can come first'),
  });
  // Nobody relies on what nothing obeys.
  const turn = (mode: 'on' | 'off', settings: object = {}) =>
    saveRuleSettings('client-choice', mode, settings);
  expect(await set('keep')).toMatchObject({
    code: 1,
    err: `Nothing was changed: no rule that is on for client #${client} lets clients choose whether credit is used by itself, so nothing would obey it. Turn “Clients choose how credit is used” (client-choice) on for this client with that choice, and ask again.`,
  });
  await turn('on', { perService: false });
  expect(await set('first', '--service', service)).toMatchObject({
    code: 1,
    err: expect.stringContaining('lets clients choose for each service'),
  });
  await turn('on');
  expect(await set('first', '--service', '4711')).toMatchObject({
    err: `Client #${client} has no service #4711.`,
  });
  expect(await set('first', '--service', service, '--reason', 'By phone')).toMatchObject({
    code: 0,
    out: `Credit of client #${client} is used as the rules say.\nService #${service} comes first.`,
  });
  expect(await set('keep')).toMatchObject({ code: 0 });
  expect(await run('choices', 'show', client)).toMatchObject({
    code: 0,
    out: `No credit of client #${client} is used by itself.\nService #${service} comes first.`,
  });
  // The choice stays when its rule is turned off, and can be taken back then.
  await turn('off');
  expect(await run('choices', 'show', client)).toMatchObject({
    code: 0,
    out: expect.stringContaining('No rule that is on obeys all of this at present'),
  });
  expect(await set('usual')).toMatchObject({ code: 0 });
  expect(await run('choices', 'show', '4711')).toMatchObject({
    code: 1,
    err: 'There is no client #4711.',
  });
  const audited = await database.query<{ actor: string; details: string }>(
    "SELECT actor, details FROM mod_creditbridge_audit WHERE act = 'preference' ORDER BY sequence",
  );
  expect(audited.map(({ actor }) => actor)).toEqual(['admin:1', 'admin:1', 'admin:1']);
  expect(JSON.parse(audited[0]?.details ?? '')).toEqual({
    serviceId: Number(service),
    choice: 'first',
    reason: 'By phone',
  });
});

/** Saves settings behind everybody's back. @returns their version */
async function saveRuleSettings(
  rule: string,
  mode: 'off' | 'observe' | 'on',
  settings: object,
  { layer, layerId }: { layer: 'installation' | 'client'; layerId: number } = EVERYONE,
): Promise<string> {
  await inTransaction(db, (trx) =>
    saveSettingsLayer(trx, {
      rule,
      layer,
      layerId,
      mode,
      settings: { ...settings },
      by: 'admin:1',
      reason: '',
      at: new Date(),
    }),
  );
  const [row] = await database.query<{ version: number }>(
    'SELECT version FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = ? AND layer_id = ?',
    [rule, layer, layerId],
  );
  return String(row?.version);
}

const EVERYONE = { layer: 'installation', layerId: 0 } as const;
const restore = (...words: readonly string[]) => run('settings', 'restore', ...words);

test('an earlier version of settings is restored by its number, and what cannot be is said', async () => {
  const save = (reserve: string, layer: 'installation' | 'client', layerId: number) =>
    saveRuleSettings('auto-apply', 'observe', { reserve: { '1': reserve } }, { layer, layerId });
  const stored = async (layer: string) => {
    const [row] = await database.query<{ settings: string; reason: string }>(
      "SELECT settings, reason FROM mod_creditbridge_rule_settings_history WHERE rule = 'auto-apply' AND layer = ? ORDER BY version DESC LIMIT 1",
      [layer],
    );
    return [JSON.parse(row?.settings ?? '{}'), row?.reason];
  };
  for (const layer of ['installation', 'client'] as const) {
    await save('1.00', layer, layer === 'client' ? other : 0);
    await save('2.00', layer, layer === 'client' ? other : 0);
    const [first] = await database.query<{ version: number }>(
      "SELECT MAX(version) - 1 AS version FROM mod_creditbridge_rule_settings_history WHERE rule = 'auto-apply' AND layer = ?",
      [layer],
    );
    const version = String(first?.version);
    const whose = layer === 'client' ? ['--client', String(other)] : [];
    expect(await runAs(undefined, 'settings', 'restore', 'auto-apply', version)).toMatchObject({
      code: 1,
    });
    expect(await restore('auto-apply', version, ...whose, '--reason', 'A slip')).toMatchObject({
      code: 0,
      out: `Version ${version} of auto-apply is restored. It applies from the next decision on.`,
    });
    expect(await stored(layer)).toEqual([
      { reserve: { '1': '1.00' } },
      `Version ${version} restored: A slip`,
    ]);
  }
  expect(await restore('auto-apply', '4711')).toMatchObject({
    err: 'The settings of auto-apply for everyone never had a version 4711. The page of the rule lists those they had.',
  });
  expect(await restore('nothing', '1')).toMatchObject({
    err: expect.stringMatching(/^There is no rule nothing\. There are: .*deposit-limits.*\.$/),
  });
  expect(await restore('auto-apply', '1', '--client', '1', '--group', '1')).toMatchObject({
    err: expect.stringContaining('not for both'),
  });
  await database.query("DELETE FROM mod_creditbridge_rule_settings WHERE rule = 'auto-apply'");
});

test('settings that WHMCS’s own limits follow are restored where WHMCS has these limits, else it is said which to set', async () => {
  const limits = (maximum: string) => ({ maximum: { 1: maximum, 2: maximum, 3: '100000.00' } });
  const version = await saveRuleSettings('deposit-limits', 'on', limits('400.00'));
  const newer = await saveRuleSettings('deposit-limits', 'on', limits('900.00'));
  const told = 'JSON_SET(whmcs, "$.settings.AddFundsMaximum", ?)';
  const setInWhmcs = (value: string) =>
    database.root.query(`UPDATE mod_creditbridge_settings SET whmcs = ${told}`, [value]);
  await setInWhmcs('900.00');
  const refused = await restore('deposit-limits', version);
  expect(refused).toMatchObject({ code: 1 });
  // The widest of all currencies: 100,000 JPY.
  expect(refused.err).toContain('AddFundsMaximum 625.00 (now 900.00)');
  expect(refused.err).toContain('Set them in WHMCS, under General Settings, Credit');
  const now = async () => {
    const [row] = await database.query<{ settings: string; version: number }>(
      "SELECT settings, version FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-limits'",
    );
    return [String(row?.version), JSON.parse(row?.settings ?? '{}')];
  };
  expect(await now()).toEqual([newer, limits('900.00')]);
  // As an admin types it.
  await setInWhmcs('625');
  expect(await restore('deposit-limits', version)).toMatchObject({ code: 0 });
  expect((await now())[1]).toEqual(limits('400.00'));
  await database.query("DELETE FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-limits'");
});

test('a version without a cap is restored when that is said to be meant, and then needs a second admin', async () => {
  const bonus = { tiers: [{ from: { 1: '10.00' }, percent: '10' }] };
  const version = await saveRuleSettings('deposit-bonus', 'on', bonus);
  await saveRuleSettings('deposit-bonus', 'off', bonus);
  expect(await restore('deposit-bonus', version)).toMatchObject({
    code: 1,
    err: expect.stringContaining('say so with withoutCap (--without-cap on the command line)'),
  });
  expect(await restore('deposit-bonus', version, '--without-cap')).toMatchObject({
    code: 0,
    out: expect.stringContaining(`Version ${version} of deposit-bonus waits for a second admin`),
  });
  const [stored] = await database.query<{ mode: string }>(
    "SELECT mode FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'",
  );
  expect(stored?.mode).toBe('off');
  await database.query("DELETE FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'");
});

test('the daily run does nothing for a frozen client and says why', async () => {
  const connection = await database.root.getConnection();
  await turnOnAutoApply(connection);
  connection.release();
  const [frozen, free] = [
    await addClient(database.root, { credit: '9.00' }),
    await addClient(database.root, { credit: '9.00' }),
  ];
  const invoices = [
    await addInvoice(database.root, { client: frozen, total: '5.00', due: '2026-11-22' }),
    await addInvoice(database.root, { client: free, total: '5.00', due: '2026-11-22' }),
  ];
  await run('freeze', 'client', String(frozen), '--reason', 'Chargeback');
  expect(await run('run', 'daily')).toMatchObject({ code: 0 });
  const asked = await database.query<{ invoice_id: number }>(
    "SELECT invoice_id FROM mod_creditbridge_commands WHERE action = 'ApplyCredit'",
  );
  expect(asked).toEqual([{ invoice_id: invoices[1] }]);
  const [decision] = await database.query<{ outcome: string; reason: string }>(
    'SELECT outcome, reason FROM mod_creditbridge_decisions WHERE invoice_id = ?',
    [invoices[0]],
  );
  expect(decision).toMatchObject({
    outcome: 'skipped',
    reason: expect.stringContaining('This client is frozen: Chargeback'),
  });
});

test('a date that is not the database’s is asked about, and confirmed in the name of an admin', async () => {
  const told =
    'JSON_SET(whmcs, "$.date", ?, "$.dateReadAt", DATE_FORMAT(UTC_TIMESTAMP(6), "%Y-%m-%dT%H:%i:%s.%fZ"))';
  await database.root.query(`UPDATE mod_creditbridge_settings SET whmcs = ${told}`, ['2099-12-24']);
  const asked = await run('today');
  expect(asked).toMatchObject({ code: 1, err: expect.stringContaining('that it is 2099-12-24') });
  expect(await run('run', 'daily')).toMatchObject({ code: 1 });
  expect(await runAs(undefined, 'today', '--confirm', '2099-12-24')).toMatchObject({
    code: 1,
    err: expect.stringContaining('CREDITBRIDGE_TOKEN is not set'),
  });
  expect(await run('today', '--confirm', '2099-12-25')).toMatchObject({
    code: 1,
    err: 'Nothing was done: nobody asks whether today is 2099-12-25.',
  });
  expect(await run('today', '--confirm', '2099-12-24')).toMatchObject({ code: 0 });
  expect(await run('today')).toMatchObject({ code: 0, out: 'It is 2099-12-24 in Europe/Berlin.' });
  expect(
    await database.query(
      "SELECT actor, target FROM mod_creditbridge_audit WHERE act = 'day-confirm'",
    ),
  ).toEqual([{ actor: 'admin:1', target: '2099-12-24' }]);
});

test('each of these commands has help with an example', async () => {
  for (const command of [
    ['credit', 'add'],
    ['credit', 'deduct'],
    ['credit', 'transfer'],
    ['credit', 'revoke'],
    ['approvals', 'list'],
    ['freeze', 'client'],
    ['unfreeze', 'client'],
    ['allow', 'credit'],
    ['leave', 'invoice'],
    ['choices', 'show'],
    ['choices', 'set'],
    ['settings', 'restore'],
  ]) {
    const { code, out } = await run(...command, '--help');
    expect([command, code]).toEqual([command, 0]);
    expect(out).toContain(`Example:\n  creditbridge ${command.join(' ')}`);
  }
});
