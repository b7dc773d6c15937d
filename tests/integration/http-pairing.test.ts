import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const database = await createServiceDatabase(testDatabaseServer(), { state: 'new' });
const service = await startTestService(database);
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const fingerprint = { systemUrl: 'http://127.0.0.1/', server: 'test', database: database.name };

async function ask(changes: object = {}) {
  const [row] = await database.query<{ nonce: string }>(
    'SELECT nonce FROM mod_creditbridge_settings',
  );
  const nonce = row?.nonce ?? '';
  const nonceHash = createHash('sha256').update(nonce).digest('hex');
  const reply = await service.call('POST /v1/pair', {
    nonceHash,
    fingerprint,
    shim: '0.1.0',
    whmcs: '8.13.1',
    schema: 1,
    ...changes,
  });
  return { nonce, reply };
}

test('the service answers the nonce it reads through its own connection', async () => {
  const { nonce, reply } = await ask();
  expect(reply.status).toBe(200);
  expect(reply.signed).toBe(true);
  expect(reply.body).toEqual({ service: '0.1.0', state: 'paired', nonce, stored: fingerprint });
});

test('the version of the shim that paired is kept for the admin who compares both sides', async () => {
  const [row] = await database.query(
    "SELECT value FROM mod_creditbridge_state WHERE name = 'shim-version'",
  );
  expect(row).toEqual({ value: '0.1.0' });
});

test('a nonce that is not in this database is another database, and no nonce is told', async () => {
  const { reply } = await ask({ nonceHash: createHash('sha256').update('other').digest('hex') });
  expect(reply.body).toMatchObject({ state: 'other-database', nonce: '' });
});

test('the right nonce with the id of another installation is another database', async () => {
  const { reply } = await ask({ installation: '01890000-0000-7000-8000-000000000000' });
  expect(reply.body).toMatchObject({ state: 'other-database', nonce: '' });
});

test.each(['systemUrl', 'server', 'database'])(
  'a fingerprint whose %s differs from the stored one is a changed fingerprint',
  async (member) => {
    const { reply } = await ask({ fingerprint: { ...fingerprint, [member]: 'elsewhere' } });
    expect(reply.body).toMatchObject({ state: 'fingerprint-changed', stored: fingerprint });
  },
);

test('deliveries, runs and posted forms wait until both sides are paired; looking does not', async () => {
  const item = { id: '01890000-0000-7000-8000-000000000001', type: 'InvoiceCreated' };
  const run = { date: '2026-11-22', zone: 'Europe/Berlin', moment: 'AfterCronJob' };
  const before = [
    await service.call('POST /v1/deliveries', { items: [item] }),
    await service.call('POST /v1/run', run),
  ];
  for (const reply of before) {
    expect(reply).toMatchObject({ status: 400, signed: true, body: { code: 'not-paired' } });
  }
  expect((await service.call('POST /v1/manifest', {})).status).toBe(200);
  expect(await fetch(`${service.url}/ready`).then((reply) => reply.status)).toBe(503);
});

test('the shim finds a sign of life of the service in its settings row', async () => {
  const [row] = await database.query(
    `SELECT service_version, service_seen_at > UTC_TIMESTAMP() - INTERVAL 1 MINUTE AS fresh
     FROM mod_creditbridge_settings`,
  );
  expect(row).toEqual({ service_version: '0.1.0', fresh: 1 });
});
