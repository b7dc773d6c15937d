import { afterAll, expect, test } from 'vitest';
import { startDatabaseServer } from '../support/database.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { startTestService } from '../support/test-service.ts';

const server = await startDatabaseServer();
const database = await createServiceDatabase(server);
const service = await startTestService(database);
afterAll(async () => {
  await service.stop();
  await database.root.end();
  await server.stop();
});

const item = hookItem('InvoiceCreated', { invoiceid: 4_000_000 });
const deliver = () => service.call('POST /v1/deliveries', { items: [item] });

test('while the database is gone calls are told to come again, signed, and the service lives', async () => {
  database.root.on('connection', (connection) => connection.on('error', () => undefined));
  await server.kill();
  const reply = await deliver();
  expect(reply).toMatchObject({ status: 503, signed: true, body: { code: 'storage-unavailable' } });
  expect((await fetch(`${service.url}/health`)).status).toBe(200);
  const ready = await fetch(`${service.url}/ready`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    status: 'not-ready',
    reason: expect.stringMatching(/^The database server cannot be reached\. Check that it runs/),
  });
  const run = { date: '2026-11-22', zone: 'Europe/Berlin', moment: 'AfterCronJob' };
  expect((await service.call('POST /v1/run', run)).status).toBe(503);
  const stranger = await service.call('POST /v1/run', run, {
    headers: { 'webhook-id': undefined },
  });
  expect(stranger.status).toBe(401);
});

test('once it is back the same delivery is taken, once', async () => {
  await server.restart();
  await expect.poll(async () => (await fetch(`${service.url}/ready`)).status).toBe(200);
  const reply = await deliver();
  expect(reply).toMatchObject({ status: 200, signed: true });
  expect(reply.body['results']).toMatchObject([{ id: item.id, outcome: 'not-visible-yet' }]);
});
