import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
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

const RUN = { date: '2026-11-22', zone: 'Europe/Berlin', moment: 'AfterCronJob' };
/** The service looks at the settings row once a second. */
const LOOK_MS = 1100;

async function ask(changes: object = {}) {
  const [row] = await database.query<{ nonce: string }>(
    'SELECT nonce FROM mod_creditbridge_settings',
  );
  const nonce = row?.nonce ?? '';
  const nonceHash = createHash('sha256').update(nonce).digest('hex');
  const reply = await service.call('POST /v1/pair', {
    nonceHash,
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
  expect(reply.body).toEqual({ service: '0.1.0', state: 'paired', nonce });
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

test('deliveries, runs and posted forms wait until both sides are paired; looking does not', async () => {
  const item = { id: '01890000-0000-7000-8000-000000000001', type: 'InvoiceCreated' };
  const before = [
    await service.call('POST /v1/deliveries', { items: [item] }),
    await service.call('POST /v1/run', RUN),
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

test('the service is in the list of hosts, let in at a known database server', async () => {
  expect(await hosts()).toEqual([
    { side: 'service', name: hostname(), let_in_by: 'a known database server', waits: 0 },
  ]);
});

test('the first call after the shim has stored that both are paired is not refused, although one of the same second was', async () => {
  expect(await service.call('POST /v1/run', RUN)).toMatchObject({ body: { code: 'not-paired' } });
  await database.query("UPDATE mod_creditbridge_settings SET state = 'paired'");
  expect((await service.call('POST /v1/run', RUN)).body).not.toMatchObject({ code: 'not-paired' });
  await database.query("UPDATE mod_creditbridge_settings SET state = 'new'");
});

test('a running service stays when its database comes up on another server with its last beat', async () => {
  await database.query("UPDATE mod_creditbridge_settings SET state = 'paired'");
  await moveTo('db-before-the-failover');
  await pause();
  expect((await service.call('POST /v1/run', RUN)).body).not.toMatchObject({ code: 'not-paired' });
  expect(await knownHosts()).toHaveLength(2);
});

test('a dump of earlier on another server stops a running service too, until the beats of others move', async () => {
  await database.query("UPDATE mod_creditbridge_hosts SET beat = 'from the dump'");
  await beat('web1');
  await moveTo('the-original');
  await pause();
  expect(await service.call('POST /v1/run', RUN)).toMatchObject({ body: { code: 'not-paired' } });
  expect(await hosts()).toMatchObject([{ name: hostname(), waits: 1 }, { name: 'web1' }]);
  await beat('web1');
  await pause();
  expect(await service.call('POST /v1/run', RUN)).toMatchObject({ body: { code: 'not-paired' } });
  await beat('web1');
  await pause();
  expect((await service.call('POST /v1/run', RUN)).body).not.toMatchObject({ code: 'not-paired' });
  expect(await hosts()).toMatchObject([{ let_in_by: 'the heartbeat of web1', waits: 0 }, {}]);
});

test('the nonce of a shim at home lets in a service that comes to the database another way', async () => {
  await database.query("UPDATE mod_creditbridge_hosts SET beat = 'from the dump'");
  await moveTo('as-the-shim-sees-it');
  await pause();
  expect(await service.call('POST /v1/run', RUN)).toMatchObject({ body: { code: 'not-paired' } });
  expect((await ask()).reply.body).toMatchObject({ state: 'paired' });
  expect((await service.call('POST /v1/run', RUN)).body).not.toMatchObject({ code: 'not-paired' });
});

const pause = () => new Promise((resolve) => setTimeout(resolve, LOOK_MS));

/** Stores another host as the only known place, as if this server were a new one. */
async function moveTo(host: string): Promise<void> {
  const [row] = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM mod_creditbridge_settings',
  );
  const { systemUrl, databases } = JSON.parse(row?.fingerprint ?? '');
  await database.query('UPDATE mod_creditbridge_settings SET fingerprint = ?', [
    JSON.stringify({ systemUrl, databases: [{ ...databases[0], host }] }),
  ]);
}

async function knownHosts(): Promise<readonly string[]> {
  const [row] = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM mod_creditbridge_settings',
  );
  return JSON.parse(row?.fingerprint ?? '').databases.map(({ host }: { host: string }) => host);
}

/** A web node works. */
async function beat(name: string): Promise<void> {
  await database.query(
    `INSERT INTO mod_creditbridge_hosts (side, name, place, joined_at, beat, seen_at)
     VALUES ('whmcs', ?, '{}', UTC_TIMESTAMP(6), UUID(), UTC_TIMESTAMP(6))
     ON DUPLICATE KEY UPDATE beat = VALUES(beat), seen_at = VALUES(seen_at)`,
    [name],
  );
}

const hosts = () =>
  database.query(
    'SELECT side, name, let_in_by, waits_since IS NOT NULL AS waits FROM mod_creditbridge_hosts ORDER BY side, name',
  );
