import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { generateSecret, pageReply } from '../../bridge/index.ts';
import { getOperation } from '../../src/api/endpoints/get-operation.ts';
import { stateOf } from '../../src/api/operation-state.ts';
import { createApiContext } from '../../src/app/create-api-context.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Admin, Operation, Proposed } from '../../src/operations/index.ts';
import { readToday } from '../../src/today/index.ts';
import { gift } from '../support/gift.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { visitPages } from '../support/page-visitor.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import { addAdmin, addClient, addCurrencies } from '../support/whmcs-rows.ts';

// What admins do by hand is noted, not limited: rules that limit its effect are asked, and nothing is held back.

const REPOSITORY = join(import.meta.dirname, '../..');
const EXAMPLE = join(REPOSITORY, 'examples/cap-gifts');
const LIMITS = join(REPOSITORY, 'tests/fixtures/rules/limits-hands.ts');

const database = await createServiceDatabase(testDatabaseServer());
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [EXAMPLE, LIMITS], ruleTimeoutMs: 200 },
  { log: createLogger('silent'), now: Date.now },
);
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
afterEach(async () => {
  await database.query('DELETE FROM mod_creditbridge_rule_settings');
  await database.query('DELETE FROM mod_creditbridge_rule_faults');
  await bump();
});
const bump = () =>
  database.query(
    "UPDATE mod_creditbridge_state SET value = value + 1 WHERE name = 'settings-version'",
  );

const ADA: Admin = { kind: 'admin', adminId: 1 };
const SAM: Admin = { kind: 'admin', adminId: 2 };
const MOST = { most: { 1: '5.00' } };
const visitor = visitPages(
  (request) => parts.pages.render(request),
  database.installation,
  SAM.adminId,
);
const api = createApiContext(parts, { now: Date.now, onCommands: () => undefined });

const ask = (actor = ADA) => ({ actor, reason: 'As agreed by phone.', at: new Date() });
const propose = async (one: Operation): Promise<Exclude<Proposed, { outcome: 'refused' }>> => {
  const proposed = await parts.operations.propose(one, ask());
  if (proposed.outcome === 'refused') throw new Error(proposed.message);
  return proposed;
};

/** A client whose credit came as one row of the log, which the ledger has seen. */
async function clientWith(credit: string): Promise<number> {
  const id = await addClient(database.root, { credit });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Start', ?)",
    [id, whmcsDay(), credit],
  );
  await mirrorLog(parts.db);
  return id;
}

/** As the API tells it. */
const notedOn = async (id: string) => (await stateOf(api, id))?.notedLimits;

const amountsOf = async (...clients: number[]) =>
  (
    await database.query<{ amount: bigint }>(
      'SELECT amount_hundredths AS amount FROM mod_creditbridge_commands WHERE client_id IN (?) ORDER BY id',
      [clients],
    )
  ).map(({ amount }) => Number(amount));

const DONE = 'Done by hand by admin 1, so it was not limited.';
const WAITS = 'Asked for by hand by admin 1, so it is not limited.';
const TOO_MUCH =
  'The rule “Largest gift” would have allowed at most €5.00 EUR of €12.50 EUR: No larger gift at once.';

test('the shipped example limits no gift of an admin, and what it would have allowed is noted with it', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  const client = await clientWith('1.00');
  const proposed = await propose(gift(client, '12.50'));
  expect(proposed).toMatchObject({ outcome: 'commanded', noted: 1 });
  expect(await amountsOf(client)).toEqual([1250]);
  expect(await notedOn(proposed.id)).toEqual([TOO_MUCH, DONE]);

  const [command] = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_commands WHERE client_id = ?',
    [client],
  );
  const page = await visitor.get(`commands/${command?.id}`);
  expect(page.html.split('at most €5.00 EUR of €12.50 EUR')).toHaveLength(2);
  expect(page.html).toContain(DONE);
});

test('asking twice notes it once, and a limit that is high enough says so', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  const client = await clientWith('1.00');
  const one = gift(client, '5.00');
  const { id } = await propose(one);
  expect(await parts.operations.propose(one, { ...ask(), id })).toMatchObject({
    outcome: 'exists',
  });
  expect(await notedOn(id)).toEqual([
    'The rule “Largest gift” would have allowed it; its limit is €5.00 EUR: No larger gift at once.',
    DONE,
  ]);
});

test('a rule that only observes is asked, one that is off is not', async () => {
  await turnOn(database, 'cap-gifts', MOST, 'observe');
  const client = await clientWith('1.00');
  const { id } = await propose(gift(client, '12.50'));
  expect(await notedOn(id)).toEqual([
    TOO_MUCH.replace('gift”', 'gift”, which only observes,'),
    DONE,
  ]);
  await turnOn(database, 'cap-gifts', MOST, 'off');
  expect(await notedOn((await propose(gift(client, '12.50'))).id)).toEqual([]);
});

test('a rule hears what is taken as it hears a proposal: facts, grant, day and reason', async () => {
  await turnOn(database, 'tells-removals', {});
  const client = await clientWith('8.00');
  const [grant] = await database.query<{ id: bigint }>(
    'SELECT id FROM mod_creditbridge_grants WHERE client_id = ?',
    [client],
  );
  const { date: today } = await readToday(parts.db);
  const said = (asked: string, from: string) =>
    `The rule “A rule for tests” would have allowed nothing: operation on ${today} for “As agreed by phone.”: ${asked} of 800, from grant ${from}.`;
  const deduct = { kind: 'deduct', clientId: client, amount: '2.00', description: null } as const;
  const taken = await propose({ ...deduct, grantId: null });
  expect(await notedOn(taken.id)).toEqual([said('200', 'any'), DONE]);
  await database.query("UPDATE mod_creditbridge_commands SET state = 'refused', live_fact = NULL");

  const revoked = await propose({
    kind: 'revoke',
    clientId: client,
    grantId: String(grant?.id),
    description: null,
  });
  expect(await notedOn(revoked.id)).toEqual([said('800', String(grant?.id)), DONE]);
});

test('of a transfer, each client’s half is put before the rules', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  await turnOn(database, 'tells-removals', {});
  const [from, to] = [await clientWith('20.00'), await clientWith('1.00')];
  const { id } = await propose({
    kind: 'transfer',
    clientId: from,
    toClientId: to,
    amount: '12.50',
    grantId: null,
    grantKind: 'paid',
  });
  expect(await amountsOf(from, to)).toEqual([1250, 1250]);
  const rows = await database.query(
    'SELECT client_id, rule FROM mod_creditbridge_noted_limits WHERE operation_id = ? ORDER BY client_id',
    [id],
  );
  expect(rows).toEqual([
    { client_id: from, rule: 'tells-removals' },
    { client_id: to, rule: 'cap-gifts' },
  ]);
});

test('a rule that throws or hangs stops no operation: it is named, counted, and paused like any other', async () => {
  await turnOn(database, 'throws-at-gifts', {});
  await turnOn(database, 'hangs-at-removals', {});
  const client = await clientWith('20.00');
  const given = await propose(gift(client, '1.00'));
  expect(await notedOn(given.id)).toEqual([
    `The rule “A rule for tests” failed when it was asked: On client:${client}: The rule throws-at-gifts threw RangeError: no idea about operation`,
    DONE,
  ]);
  const taken = await propose({
    kind: 'deduct',
    clientId: client,
    amount: '1.00',
    grantId: null,
    description: null,
  });
  expect(await notedOn(taken.id)).toEqual([
    expect.stringContaining('The rule hangs-at-removals did not answer within its time'),
    DONE,
  ]);
  expect(await amountsOf(client)).toEqual([100, 100]);

  for (const cents of ['1.01', '1.02']) await propose(gift(client, cents));
  expect(
    await database.query(
      'SELECT rule, faults, paused_at IS NOT NULL AS paused FROM mod_creditbridge_rule_faults ORDER BY rule',
    ),
  ).toEqual([
    { rule: 'hangs-at-removals', faults: 1, paused: 0 },
    { rule: 'throws-at-gifts', faults: 3, paused: 1 },
  ]);
  expect(await notedOn((await propose(gift(client, '1.03'))).id)).toEqual([]);
});

test('a second admin sees before approving what rules would have limited; with the approval they are asked again', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  const threshold = { kind: 'threshold', amounts: { '1': '10.00' } } as const;
  await parts.operations.propose(threshold, ask());
  const client = await clientWith('1.00');
  const { id } = await propose(gift(client, '12.50'));
  expect(await amountsOf(client)).toEqual([]);
  expect(await notedOn(id)).toEqual([TOO_MUCH, WAITS]);
  for (const page of ['approvals', `client/${client}`]) {
    const { html } = await visitor.get(page);
    expect(html.split('at most €5.00 EUR of €12.50 EUR')).toHaveLength(2);
    expect(html).toContain(WAITS);
  }

  await turnOn(database, 'cap-gifts', { most: { 1: '0.00' } });
  await parts.operations.approve(id, ask(SAM));
  expect(await amountsOf(client)).toEqual([1250]);
  expect(await notedOn(id)).toEqual([
    'The rule “Largest gift” would have allowed nothing: No larger gift at once.',
    DONE,
  ]);
});

test('the page and the command line tell it to the admin who does it', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  const client = await clientWith('1.00');
  const form = { amount: '12.50', grantKind: 'promotional', reason: 'Outage' };
  const posted = await visitor.send(`client/${client}/add`, 'propose-operation', form);
  expect(pageReply.parse(posted).redirect).toContain('said=noted');

  const env = {
    CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
    CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
    CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
    CREDITBRIDGE_RULES: EXAMPLE,
    CREDITBRIDGE_TOKEN: await storeToken(database, ADA.adminId),
  };
  const line = ['credit', 'add', String(client), '12.50', '--reason', 'Outage'];
  const given = await runCommand(line, env);
  expect(given.out.split('\n').slice(1)).toEqual([TOO_MUCH, DONE]);
  const [, id = ''] = /operation ([0-9a-f-]{36})/.exec(given.out) ?? [];
  const state = await stateOf(api, id);
  expect(getOperation.cli?.[0]?.tell?.(state).slice(-2)).toEqual([TOO_MUCH, DONE]);
});

test('an operation goes on though no rule can be asked', async () => {
  await turnOn(database, 'cap-gifts', MOST);
  const client = await clientWith('1.00');
  await parts.engine.close();
  const { id } = await propose(gift(client, '12.50'));
  expect(await amountsOf(client)).toEqual([1250]);
  expect(await notedOn(id)).toEqual([
    'The rules that limit could not be asked: The engine was closed.',
    DONE,
  ]);
});
