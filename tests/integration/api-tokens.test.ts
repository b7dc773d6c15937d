import { createConnection } from 'mysql2/promise';
import { v7 as newId } from 'uuid';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startApi } from '../support/api-at-work.ts';
import { storeToken } from '../support/store-token.ts';

// Who may call the API: tokens, from their form to their end.

const api = await startApi();
const { database, service, all, get, post } = api;
afterAll(() => api.stop());
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
