import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { createConnection } from 'mysql2/promise';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, expect, test } from 'vitest';
import { findBalances } from '../../src/api/find-balances.ts';
import { csvColumns } from '../../src/api/index.ts';
import { listClientIds } from '../../src/api/list-client-ids.ts';
import { connect } from '../../src/db/index.ts';
import { createOperations } from '../../src/operations/index.ts';
import { eachAloneOf } from '../support/each-alone-of.ts';
import { faultOf, type OpenapiDocument } from '../support/openapi-answers.ts';
import { seedLedger } from '../support/seed-ledger.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';
import { addClient } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const seeded = await seedLedger(database, {
  clients: 20,
  historyDays: 60,
  ledgerDays: 60,
  perDay: 0.3,
});
const service = await startTestService(database);
const openapi = (await (
  await fetch(`${service.url}/api/v1/openapi.json`)
).json()) as OpenapiDocument;
afterAll(async () => {
  await service.stop();
  await database.drop();
});
afterEach(async () => {
  await database.query('UPDATE tbladmins SET disabled = 0');
});

const MANAGE = ['Manage Credits', 'View Credit Log'];

function page(
  adminId: number,
  permissions: readonly string[],
  form?: Record<string, string>,
  name = 'api-tokens',
) {
  return service.call('POST /v1/page', {
    viewer: { kind: 'admin', adminId, permissions },
    method: form === undefined ? 'GET' : 'POST',
    page: name,
    query: {},
    form: form === undefined ? {} : { once: newId(), ...form },
    base: 'addonmodules.php?module=creditbridge',
    assets: '/modules/addons/creditbridge/assets',
    token: { name: 'token', value: 't' },
    settings: {},
  });
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what comes back is held against openapi.json below.
  readonly body: any;
  readonly text: string;
}

/** Calls the API; every answer is held against openapi.json. */
async function call(
  token: string,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await fetch(`${service.url}/api/v1${path}`, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  const read = type.startsWith('application/json') ? JSON.parse(text) : text;
  if (response.status !== 404 || read.code !== 'not-found') {
    expect(faultOf(openapi, { method, path }, { status: response.status, type, body: read })).toBe(
      '',
    );
  }
  return { status: response.status, headers: response.headers, body: read, text };
}

const get = (token: string, path: string) => call(token, 'GET', path);
const post = (token: string, path: string, body: unknown, key: string = randomUUID()) =>
  call(token, 'POST', path, body, { 'idempotency-key': key });

const all = await storeToken(database, 1, ['read', 'propose', 'approve']);
const second = await storeToken(database, 2, ['read', 'propose', 'approve']);

test('whoever has no token, a wrong, revoked or too small one, or whose admin is disabled, is told so', async () => {
  const told = async (token: string, path = '/entries') => {
    const { status, body } = await get(token, path);
    return [status, body.code];
  };
  expect(await told('')).toEqual([401, 'token-missing']);
  expect(await told('cbt_short')).toEqual([401, 'token-missing']);
  expect(await told(`cbt_${'A'.repeat(43)}`)).toEqual([401, 'token-unknown']);
  expect(await told(all)).toEqual([200, undefined]);

  const reading = await storeToken(database, 3, ['read']);
  expect(await told(reading)).toEqual([200, undefined]);
  const wish = {
    operation: { kind: 'add', clientId: 1, amount: '1.00', grantKind: 'paid' },
    reason: 'x',
  };
  expect((await post(reading, '/operations', wish)).body.code).toBe('scope-missing');

  await database.query('UPDATE tbladmins SET disabled = 1 WHERE id = 3');
  expect(await told(reading)).toEqual([403, 'admin-inactive']);
  await database.query('UPDATE mod_creditbridge_api_tokens SET admin_id = 99 WHERE admin_id = 3');
  expect(await told(reading)).toEqual([403, 'admin-inactive']);
  await database.query('UPDATE mod_creditbridge_api_tokens SET admin_id = 3 WHERE admin_id = 99');
  await database.query('UPDATE tbladmins SET disabled = 0, roleid = roleid + 1 WHERE id = 3');
  expect(await told(reading)).toEqual([403, 'admin-role-changed']);
  await database.query('UPDATE tbladmins SET disabled = 1, roleid = roleid - 1 WHERE id = 3');

  const [row] = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_api_tokens WHERE admin_id = 3',
  );
  const id = row?.id ?? '';
  await page(1, MANAGE, { act: 'revoke-token', id });
  await database.query('UPDATE tbladmins SET disabled = 0');
  expect(await told(reading)).toEqual([200, undefined]);
  await page(3, ['View Credit Log'], { act: 'revoke-token', id });
  expect(await told(reading)).toEqual([401, 'token-revoked']);
});

test('a token stops when the role of its admin loses a permission, and is told which right is not proven', async () => {
  const token = await storeToken(database, 3, ['read', 'propose']);
  const wish = {
    operation: { kind: 'add', clientId: 3, amount: '1.00', grantKind: 'promotional' },
    reason: 'x',
  };
  expect((await post(token, '/operations', wish)).status).toBe(202);

  const permissions = await database.query<{ roleid: number; permid: number }>(
    'SELECT roleid, permid FROM tbladminperms WHERE roleid = 2',
  );
  await database.query('DELETE FROM tbladminperms WHERE roleid = 2 AND permid = ?', [
    permissions[0]?.permid ?? 0,
  ]);
  const refused = await post(token, '/operations', wish);
  expect([refused.status, refused.body.code]).toEqual([403, 'admin-role-changed']);
  expect(refused.body.message).toContain('lost permissions');
  expect(refused.body.message).toContain('Manage Credits');
  expect((await get(token, '/entries')).body.message).toContain('View Credit Log');
  expect(String((await page(3, MANAGE)).body['html'])).toContain(
    'stopped: the role lost permissions',
  );

  // Whatever a role gets beside what it had takes nothing away.
  await database.query('INSERT INTO tbladminperms (roleid, permid) VALUES (2, ?), (2, 900)', [
    permissions[0]?.permid ?? 0,
  ]);
  expect((await get(token, '/entries')).status).toBe(200);
  await database.query('DELETE FROM tbladminperms WHERE permid = 900');
});

test('a full admin sees and revokes the tokens of others, and nobody else does', async () => {
  const FULL = [...MANAGE, 'Configure Addon Modules'];
  const token = await storeToken(database, 3, ['read']);
  await get(token, '/ledger');
  const [row] = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_api_tokens WHERE admin_id = 3 ORDER BY id DESC LIMIT 1',
  );
  const id = row?.id ?? '';
  const shown = async (adminId: number, permissions: readonly string[]) =>
    String((await page(adminId, permissions)).body['html']);
  expect(await shown(2, MANAGE)).not.toContain(id);
  const seen = await shown(1, FULL);
  expect(seen).toContain('Tokens of other admins');
  expect(seen).toContain('limited (admin #3)');
  expect(seen).toContain(id);
  expect(seen).not.toContain(token);
  // A full admin without rights over credit sees them, too, and makes none.
  const bare = await shown(2, ['Configure Addon Modules']);
  expect(bare).toContain(id);
  expect(bare).not.toContain('Make token');

  const revoke = (adminId: number, permissions: readonly string[]) =>
    page(adminId, permissions, { act: 'revoke-token', id });
  expect((await revoke(2, MANAGE)).body).toMatchObject({ status: 422 });
  expect((await get(token, '/ledger')).status).toBe(200);
  expect((await revoke(2, ['Configure Addon Modules'])).body).toMatchObject({ status: 303 });
  expect((await get(token, '/ledger')).body.code).toBe('token-revoked');
  expect((await revoke(1, FULL)).body).toMatchObject({ status: 422 });
  const audited = await database.query<{ actor: string; details: string }>(
    "SELECT actor, details FROM mod_creditbridge_audit WHERE act = 'api-token-revoke' AND target = ?",
    [id],
  );
  expect(audited).toEqual([{ actor: 'admin:2', details: '{"of":"admin:3"}' }]);
  expect(await shown(1, FULL)).not.toContain(id);
});

test('a token is shown once, kept as a hash, and says when it was used last', async () => {
  const token = await storeToken(database, 1, ['read']);
  const shown = String((await page(1, MANAGE)).body['html']);
  expect(shown).not.toContain(token);
  expect(String((await page(2, MANAGE)).body['html'])).not.toContain('read propose approve read');
  const dump = JSON.stringify(await database.query('SELECT * FROM mod_creditbridge_api_tokens'));
  expect(dump).not.toContain(token.slice(4));
  const used = async () =>
    database.query<{ last_used_at: string | null }>(
      'SELECT last_used_at FROM mod_creditbridge_api_tokens ORDER BY id DESC LIMIT 1',
    );
  expect((await used())[0]?.last_used_at).toBeNull();
  await get(token, '/ledger');
  const first = await used();
  await get(token, '/ledger');
  expect(first[0]?.last_used_at).not.toBeNull();
  expect(await used()).toEqual(first);
  expect(service.log()).not.toContain(token);
});

test('a token works until its time is over; before that the Overview says so', async () => {
  const token = await storeToken(database, 1, ['read']);
  const endsIn = (days: number) =>
    database.query(
      'UPDATE mod_creditbridge_api_tokens SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? DAY ORDER BY id DESC LIMIT 1',
      [days],
    );
  const told = async () => String((await page(1, MANAGE, undefined, 'overview')).body['html']);
  expect(await told()).not.toContain('These stop working');
  await endsIn(13);
  expect(await told()).toMatch(/These stop working: “test” on \d{4}-\d\d-\d\d\./);
  expect((await get(token, '/ledger')).status).toBe(200);
  await endsIn(0);
  const late = await get(token, '/ledger');
  expect([late.status, late.body.code]).toEqual([401, 'token-expired']);
  expect(String((await page(1, MANAGE)).body['html'])).toContain('expired');
  expect(await told()).not.toContain('These stop working');
});

test('nobody makes a token but the addon: neither a form of the service, nor its database password', async () => {
  const form = { act: 'make-token', name: 'x', 'scope-read': 'on', days: '30' };
  const tokens = async () =>
    (await database.query('SELECT id FROM mod_creditbridge_api_tokens')).length;
  const before = await tokens();
  await page(1, MANAGE, form);
  const thief = await createConnection(database.serviceUrl);
  try {
    for (const statement of [
      `INSERT INTO mod_creditbridge_api_tokens SELECT UUID(), 1, role_id, role_permissions, 'x', REPEAT('x', 32), 'propose', created_at, expires_at, NULL, NULL FROM mod_creditbridge_api_tokens LIMIT 1`,
      "UPDATE mod_creditbridge_api_tokens SET token_sha256 = REPEAT('x', 32)",
      'UPDATE mod_creditbridge_api_tokens SET admin_id = 1',
      "UPDATE mod_creditbridge_api_tokens SET scopes = 'read propose approve'",
      'UPDATE mod_creditbridge_api_tokens SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 9 YEAR',
    ]) {
      await expect(thief.query(statement), statement).rejects.toThrow(/denied/);
    }
  } finally {
    await thief.end();
  }
  expect(await tokens()).toBe(before);
});

test('lists and details of the ledger answer as openapi.json says', async () => {
  const [clientId] = seeded.clientIds;
  const { body: list } = await get(all, `/entries?client=${clientId}&limit=3`);
  expect(list.entries).toHaveLength(3);
  const { body: more } = await get(all, `/entries?client=${clientId}&limit=3&cursor=${list.next}`);
  expect(BigInt(more.entries[0].sequence)).toBeLessThan(BigInt(list.entries[2].sequence));
  expect(list.entries[0]).toMatchObject({ clientId, amount: expect.stringMatching(/^\d+\.\d\d$/) });

  const { body: grants } = await get(all, '/grants?remaining=true&limit=5');
  expect(grants.grants).toHaveLength(5);
  const { body: grant } = await get(all, `/grants/${grants.grants[0].id}`);
  expect(grant.grant).toEqual(grants.grants[0]);
  const { body: entry } = await get(all, `/entries/${list.entries[0].sequence}`);
  expect(entry.entry).toEqual(list.entries[0]);

  expect((await get(all, '/clients/2/balance')).body).toMatchObject({
    clientId: 2,
    currency: { id: 1, code: 'USD' },
    whmcs: '50.00',
    frozen: false,
  });
  expect((await get(all, '/ledger')).body).toMatchObject({ epoch: 1, adoptedOn: seeded.adoptedOn });
  for (const day of [seeded.firstDay, seeded.lastDay]) {
    const { status, body } = await get(all, `/liability?day=${day}`);
    expect([status, body.day]).toEqual([200, day]);
    expect(body.notes).toHaveLength(body.basis === 'history' ? 2 : 1);
  }
  for (const path of [
    `entry/${list.entries[0].sequence}`,
    `grant/${grants.grants[0].id}`,
    'client/2',
  ]) {
    const { body } = await get(all, `/explain/${path}`);
    expect([path, body.sentences?.length > 0]).toEqual([path, true]);
  }
});

test.each([
  ['/entries?client=0', 400, 'request-invalid'],
  ['/entries?client=1e3', 400, 'request-invalid'],
  ['/entries?limit=501', 400, 'request-invalid'],
  ['/entries?colour=red', 400, 'request-invalid'],
  ['/entries?from=2026-02-30', 400, 'request-invalid'],
  ['/entries?client=1&client=2', 400, 'request-invalid'],
  ['/entries/99999999999', 404, 'entry-unknown'],
  ['/entries/x', 400, 'request-invalid'],
  ['/grants/99999999999', 404, 'grant-unknown'],
  ['/clients/4711/balance', 404, 'client-unknown'],
  ['/explain/invoice/4711', 404, 'invoice-unknown'],
  ['/explain/weather/1', 400, 'request-invalid'],
  ['/liability', 400, 'request-invalid'],
  [`/operations/${randomUUID()}`, 404, 'operation-unknown'],
  [`/approvals/${randomUUID()}`, 404, 'approval-unknown'],
  ['/nothing', 404, 'not-found'],
])('GET %s is %i %s', async (path, status, code) => {
  const answered = await get(all, path);
  expect([answered.status, answered.body.code]).toEqual([status, code]);
  expect(answered.body.message).toMatch(/\.$|^Something is wrong/);
});

test.each([
  ['/entries?cursor=abc', 'cursor'],
  ['/entries?cursor=', 'cursor'],
  ['/entries?cursor=12%2034', 'cursor'],
  ['/grants?cursor=9999999999999999999', 'cursor'],
  ['/approvals?cursor=12', 'cursor'],
  ['/explain/client/abc', 'id'],
  ['/explain/weather/1', 'subject'],
  ['/entries/x', 'sequence'],
  ['/grants/-1', 'id'],
  ['/clients/abc/balance', 'clientId'],
  ['/operations/abc', 'id'],
  ['/approvals/abc', 'id'],
  ['/liability?day=tomorrow', 'day'],
  ['/exports/liability.csv?day=2026-02-30', 'day'],
  ['/liability?day=2026-02-01&day=2026-02-02', 'day'],
])('GET %s says in words what is wrong with %s', async (path, at) => {
  const { status, body } = await get(all, path);
  expect([status, body.code, body.details.issues[0].at]).toEqual([400, 'request-invalid', at]);
  expect(body.message).not.toMatch(/pattern|\^|\\d|Invalid (?!option: expected one of)/);
});

test('clients are listed newest first with what they have, each as its own balance says', async () => {
  const { body } = await get(all, '/clients?limit=500');
  const ids = body.clients.map(({ clientId }: { clientId: number }) => clientId);
  const rows = await database.query<{ id: number }>('SELECT id FROM tblclients ORDER BY id DESC');
  expect([ids, body.next]).toEqual([rows.map(({ id }) => id), null]);
  for (const one of body.clients) {
    expect((await get(all, `/clients/${one.clientId}/balance`)).body).toEqual(one);
  }
});

test('the list of clients goes on where it ended although clients come and go, and leaves out those without credit', async () => {
  const whole = (await get(all, '/clients?withCredit=true&limit=500')).body.clients;
  const withCredit = await database.query<{ id: number }>(
    'SELECT id FROM tblclients WHERE credit <> 0 ORDER BY id DESC',
  );
  const idsOf = (clients: Answered['body']) => clients.map((one: Answered['body']) => one.clientId);
  expect(idsOf(whole)).toEqual(withCredit.map(({ id }) => id));
  const first = (await get(all, '/clients?withCredit=true&limit=2')).body;
  const added = await addClient(database.root, { credit: '1.00' });
  const second = (await get(all, `/clients?withCredit=true&limit=500&cursor=${first.next}`)).body;
  expect([...idsOf(first.clients), ...idsOf(second.clients)]).toEqual(idsOf(whole));
  expect(second.next).toBeNull();
  await database.query('DELETE FROM tblclients WHERE id = ?', [added]);
  expect((await get(all, '/clients?cursor=newest')).status).toBe(400);
});

test('a list of many clients takes as many statements as one of a few', async () => {
  const db = connect(database.serviceUrl, 1);
  const statements = async (clients: number) => {
    const count = async () => {
      const { rows } = await sql<{ Value: string }>`SHOW SESSION STATUS LIKE 'Com_select'`.execute(
        db,
      );
      return Number(rows[0]?.Value);
    };
    const before = await count();
    const { ids } = await listClientIds(db, { withCredit: false, limit: clients });
    expect(await findBalances(db, ids)).toHaveLength(clients);
    return (await count()) - before;
  };
  expect(await statements(15)).toBe(await statements(2));
  await db.destroy();
});

test('every list goes on by the cursor it gave', async () => {
  for (const path of ['/entries?limit=1', '/grants?limit=1']) {
    const first = (await get(all, path)).body;
    expect([path, (await get(all, `${path}&cursor=${first.next}`)).status]).toEqual([path, 200]);
  }
  const none = '01977e5c-9a3b-7c44-8d21-5f0e6a7b8c9d';
  expect((await get(all, `/approvals?cursor=${none}`)).body).toEqual({ approvals: [], next: null });
});

test('a day to come has no liability, and the answer names the last day that has', async () => {
  for (const path of ['/liability', '/exports/liability.csv']) {
    const { status, body } = await get(all, `${path}?day=2099-01-01`);
    expect([path, status, body.code]).toEqual([path, 400, 'request-invalid']);
    const [, last = ''] =
      /2099-01-01 is yet to come; the last day is (\S+), today by WHMCS's calendar\.$/.exec(
        body.message,
      ) ?? [];
    expect(last).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect((await get(all, `${path}?day=${last}`)).status).toBe(200);
    const next = new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
    expect((await get(all, `${path}?day=${next}`)).status).toBe(400);
  }
});

test('an export without rows has its header, and every row as many cells', async () => {
  for (const [path, columns] of [
    ['/exports/entries.csv?from=2039-01-01', csvColumns.entries],
    ['/exports/grants.csv?client=4711', csvColumns.grants],
    ['/exports/liability.csv?day=2001-01-01', csvColumns.liability],
  ] as const) {
    const { headers, text } = await get(all, path);
    expect([path, text]).toEqual([path, `${columns.join(',')}\r\n`]);
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  }
  const [head, first] = (await get(all, '/exports/grants.csv')).text.split('\r\n');
  expect(first?.split(',').length).toBe(head?.split(',').length);
});

test('a wish is done once per Idempotency-Key, whatever is repeated', async () => {
  const wish = {
    operation: { kind: 'add', clientId: 1, amount: '5.00', grantKind: 'promotional' },
    reason: 'Goodwill after an outage',
  };
  const missing = await call(all, 'POST', '/operations', wish);
  expect([missing.status, missing.body.code]).toEqual([400, 'idempotency-key-missing']);

  const key = randomUUID();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => post(all, '/operations', wish, key)),
  );
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const [first] = answers;
  expect(first).toMatchObject({ status: 202, body: { state: 'commanded', expiresAt: null } });
  expect(first?.body.commands).toHaveLength(1);
  const commands = await database.query(
    "SELECT id FROM mod_creditbridge_commands WHERE client_id = 1 AND action = 'AddCredit'",
  );
  expect(commands).toHaveLength(1);
  expect((await get(all, `/operations/${first?.body.id}`)).body).toEqual(first?.body);

  const other = await post(all, '/operations', { ...wish, reason: 'Another' }, key);
  expect([other.status, other.body.code]).toEqual([409, 'idempotency-key-reused']);
  const ofAnother = await post(second, '/operations', wish, key);
  expect(ofAnother.status).toBe(202);
  expect(ofAnother.body.id).not.toBe(first?.body.id);
});

test.each([
  [{ kind: 'add', clientId: 1, amount: '0.00', grantKind: 'paid' }, 400, 'request-invalid'],
  [{ kind: 'add', clientId: 1, amount: 5, grantKind: 'paid' }, 400, 'request-invalid'],
  [{ kind: 'threshold', amounts: {} }, 400, 'request-invalid'],
  [{ kind: 'add', clientId: 4711, amount: '1.00', grantKind: 'paid' }, 404, 'client-unknown'],
  [{ kind: 'deduct', clientId: 2, amount: '999.00' }, 422, 'balance-too-small'],
  [{ kind: 'transfer', clientId: 2, toClientId: 3, amount: '1.00' }, 422, 'currencies-differ'],
  [{ kind: 'revoke', clientId: 2, grantId: '987654' }, 404, 'grant-unknown'],
  [{ kind: 'revoke', grantId: '987654' }, 404, 'grant-unknown'],
  [{ kind: 'add', amount: '1.00', grantKind: 'paid' }, 400, 'request-invalid'],
])('the operation %j is refused: %i %s', async (operation, status, code) => {
  const answered = await post(all, '/operations', { operation, reason: 'A reason' });
  expect([answered.status, answered.body.code]).toEqual([status, code]);
});

test('a grant is revoked without saying whose it is, and not in the name of another client', async () => {
  const [grant] = (await get(all, '/grants?remaining=true&limit=1')).body.grants;
  const operation = { kind: 'revoke', grantId: grant.id };
  const ask = (one: object) =>
    post(all, '/operations', { operation: one, reason: 'Given by mistake' });
  // The seeded ledger has no clients in WHMCS, so this one gets its row there, with the balance that the ledger says.
  const row = await addClient(database.root, { currency: grant.currency.id });
  await database.query(
    `UPDATE tblclients SET id = ?, credit = (SELECT SUM(balance_hundredths) / 100
     FROM mod_creditbridge_accounts WHERE client_id = ?) WHERE id = ?`,
    [grant.clientId, grant.clientId, row],
  );
  expect((await ask({ ...operation, clientId: 2 })).body.code).toBe('grant-unknown');
  expect(await ask(operation)).toMatchObject({ status: 202, body: { state: 'commanded' } });
  const commands = await database.query(
    'SELECT client_id FROM mod_creditbridge_commands WHERE client_id = ?',
    [grant.clientId],
  );
  expect(commands).toEqual([{ client_id: grant.clientId }]);
});

test('a client is frozen and unfrozen by a token that may propose, once', async () => {
  const freeze = (token: string) =>
    call(token, 'POST', '/clients/3/freeze', { reason: 'Chargeback' });
  const reading = await storeToken(database, 1, ['read']);
  expect((await freeze(reading)).body.code).toBe('scope-missing');
  expect(await freeze(all)).toMatchObject({ status: 200, body: { clientId: 3, frozen: true } });
  expect((await freeze(all)).body.code).toBe('already-so');
  expect((await get(all, '/clients/3/balance')).body.frozen).toBe(true);
  const unfrozen = await call(all, 'POST', '/clients/3/unfreeze', { reason: 'Settled.' });
  expect(unfrozen).toMatchObject({ status: 200, body: { clientId: 3, frozen: false } });
  expect((await call(all, 'POST', '/clients/4711/freeze', { reason: 'x' })).body.code).toBe(
    'client-unknown',
  );
});

test('credit that is kept off an invoice is allowed again by a token that may propose, once', async () => {
  await database.query(
    'INSERT INTO mod_creditbridge_kept_off (invoice_id, client_id, sequence, since) VALUES (901, 1, 7, UTC_TIMESTAMP(6))',
  );
  const allow = (token: string, id: number) =>
    call(token, 'POST', `/invoices/${id}/allow-credit`, { reason: 'As agreed' });
  expect((await allow(await storeToken(database, 1, ['read']), 901)).body.code).toBe(
    'scope-missing',
  );
  expect(await allow(all, 901)).toMatchObject({
    status: 200,
    body: { invoiceId: 901, creditAllowed: true },
  });
  expect((await allow(all, 901)).body.code).toBe('already-so');
  expect((await allow(all, 4711)).body.code).toBe('already-so');
});

test('giving back what was not taken gives back nothing', async () => {
  const answered = await call(all, 'POST', '/give-backs', { day: '2001-01-01', reason: 'x' });
  expect(answered.body).toEqual({ commanded: 0, waiting: 0, known: 0, refused: [] });
  const wrong = await call(all, 'POST', '/give-backs', { day: '2001-02-30', reason: 'x' });
  expect([wrong.status, wrong.body.code]).toEqual([400, 'request-invalid']);
});

test('what is above the approval amount waits for another admin, whichever token the proposer takes', async () => {
  const db = connect(database.serviceUrl, 1);
  const actor = { kind: 'admin', adminId: 1 } as const;
  await createOperations({
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
  }).propose(
    { kind: 'threshold', amounts: { '1': '10.00' } },
    { actor, reason: 'Four eyes', at: new Date() },
  );
  await db.destroy();
  const wish = {
    operation: { kind: 'deduct', clientId: 2, amount: '20.00' },
    reason: 'Paid out by bank transfer',
  };
  const { status, body } = await post(all, '/operations', wish);
  expect([status, body.state, body.commands]).toEqual([202, 'waits-for-approval', []]);
  expect(body.because).toContain('above');
  expect((await get(all, '/approvals?pending=true&client=2')).body.approvals).toMatchObject([
    {
      id: body.id,
      state: 'pending',
      amount: '20.00',
      proposedBy: 'admin:1',
      proposedByName: 'admin',
      decidedByName: null,
    },
  ]);
  expect((await get(all, '/clients/2/balance')).body).toMatchObject({
    reserved: '20.00',
    spendable: '30.00',
  });

  const own = await post(all, `/approvals/${body.id}/approve`, {});
  expect([own.status, own.body.code]).toEqual([403, 'own-proposal']);
  const otherToken = await storeToken(database, 1, ['approve']);
  expect((await post(otherToken, `/approvals/${body.id}/approve`, {})).body.code).toBe(
    'own-proposal',
  );
  expect((await post(second, `/approvals/${body.id}/withdraw`, {})).body.code).toBe(
    'not-the-proposer',
  );

  const decisions = await Promise.all([
    ...[1, 2, 3].map(() => post(second, `/approvals/${body.id}/approve`, { reason: 'Seen' })),
  ]);
  for (const decided of decisions) {
    expect([decided.status, decided.body.state, decided.body.decidedBy]).toEqual([
      200,
      'approved',
      'admin:2',
    ]);
  }
  expect((await post(second, `/approvals/${body.id}/reject`, {})).body.code).toBe(
    'already-decided',
  );
  expect((await get(all, `/operations/${body.id}`)).body).toMatchObject({
    state: 'commanded',
    commands: [{ state: 'open' }],
  });
});

test('bodies that are too large or no JSON, and other methods, are told apart', async () => {
  const send = (body: string) =>
    fetch(`${service.url}/api/v1/operations`, {
      method: 'POST',
      headers: { authorization: `Bearer ${all}`, 'content-type': 'application/json' },
      body,
    });
  expect([(await send('{')).status, (await send(`"${'x'.repeat(70_000)}"`)).status]).toEqual([
    400, 413,
  ]);
  const wrong = await fetch(`${service.url}/api/v1/entries`, { method: 'DELETE' });
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET']);
  const preflight = await fetch(`${service.url}/api/v1/entries`, {
    method: 'OPTIONS',
    headers: { origin: 'https://elsewhere.example' },
  });
  expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
});

test('exports are whole CSV files, and no cell is a formula', async () => {
  const { status, headers, text } = await get(all, '/exports/entries.csv');
  expect([status, headers.get('content-disposition')]).toEqual([
    200,
    'attachment; filename="entries.csv"',
  ]);
  const lines = text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(seeded.entries + 1);
  expect(lines[0]).toMatch(/^sequence,day,client_id,currency,direction,amount,kind,/);
  expect((await get(all, `/exports/grants.csv?client=${seeded.clientIds[0]}`)).text).toContain(
    'USD',
  );
  await database.query(
    'UPDATE mod_creditbridge_entries SET description = \'=HYPERLINK("http://x")\' WHERE sequence = 1',
  );
  const one = await get(all, '/exports/entries.csv?to=2025-06-01');
  expect(one.text).toContain(`"'=HYPERLINK(""http://x"")"`);
  await database.query('UPDATE mod_creditbridge_entries SET admin_id = 2 WHERE sequence = 1');
  const named = (await get(all, '/exports/entries.csv?to=2025-06-01')).text.split('\r\n');
  const column = (named[0] ?? '').split(',').indexOf('admin');
  expect(named[1]?.split(',').slice(column - 1, column + 1)).toEqual(['2', 'second']);
  expect((await get(all, '/entries/1')).body.entry).toMatchObject({ adminName: 'second' });

  const { body } = await get(all, `/liability?day=${seeded.lastDay}`);
  const csv = (await get(all, `/exports/liability.csv?day=${seeded.lastDay}`)).text;
  const sums = new Map<string, number>();
  for (const line of csv.trimEnd().split('\r\n').slice(1)) {
    const [, , currency = '', , , amount = ''] = line.split(',');
    sums.set(currency, (sums.get(currency) ?? 0) + Math.round(Number(amount) * 100));
  }
  for (const { currency, balance } of body.totals) {
    expect(sums.get(currency.code)).toBe(Math.round(Number(balance) * 100));
  }
});

test('openapi.json names each operation once, declares its parameters, and refers to what is there', () => {
  const operations = Object.entries(openapi.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, ...operation })),
  );
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { path, parameters = [] } of operations) {
    const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(wanted);
  }
  const text = JSON.stringify(openapi);
  for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(openapi.components.schemas).toHaveProperty(name);
  }
  expect(text).not.toContain('__shared');
});
