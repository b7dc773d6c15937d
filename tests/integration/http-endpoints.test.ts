import { afterAll, expect, test } from 'vitest';
import { generateSecret, manifestReply, pageReply, runReply } from '../../bridge/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';
import { whmcsDay } from '../support/whmcs-day.ts';

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const service = await startTestService(database);
afterAll(() => database.drop());

const page = {
  viewer: { kind: 'admin', adminId: 1, permissions: ['Manage Credits', 'View Credit Log'] },
  method: 'GET',
  page: 'overview',
  query: {},
  form: {},
  base: 'addonmodules.php?module=creditbridge',
  assets: '../modules/addons/creditbridge/assets',
  token: { name: 'token', value: 'abc' },
  settings: { AddFundsEnabled: 'on' },
};

test('the manifest names at least the hooks the service needs itself', async () => {
  const reply = await service.call('POST /v1/manifest', {});
  expect(reply).toMatchObject({ status: 200, signed: true });
  const { manifest } = manifestReply.parse(reply.body);
  expect(manifest.number).toBeGreaterThan(0);
  expect(Object.keys(manifest.hooks)).toContain('InvoicePaid');
});

test('while secrets rotate either one is believed, and replies carry both signatures', async () => {
  const [old, next, other] = [generateSecret(), generateSecret(), generateSecret()];
  const rotating = await startTestService(database, {
    CREDITBRIDGE_SECRET_TO_SERVICE: `${next},${old}`,
    CREDITBRIDGE_SECRET_TO_WHMCS: `${generateSecret()},${generateSecret()}`,
  });
  const statusWith = async (secret: string) =>
    (await rotating.call('POST /v1/manifest', {}, { secret })).status;
  expect([await statusWith(old), await statusWith(next)]).toEqual([200, 200]);
  expect(await statusWith(other)).toBe(401);
  const { headers } = await rotating.call('POST /v1/manifest', {}, { secret: next });
  expect(headers.get('webhook-signature')).toMatch(/^v1,\S+ v1,\S+$/);
  await rotating.stop();
});

test('a refused question of a page is counted and not stored, whatever a client typed', async () => {
  const client = {
    kind: 'client',
    clientId: 1,
    userId: null,
    permissions: ['invoices'],
    masqueradingAdminId: null,
  };
  let deep: unknown = 'x';
  for (let level = 0; level < 9; level++) deep = { more: deep };
  const refused = [
    ['body-too-deep', { query: { deep } }],
    ['string-too-long', { query: { long: 'x'.repeat(16_385) } }],
    ['envelope-invalid', { query: ['x'] }],
    ['envelope-invalid', { method: 'POST', form: { a: null } }],
  ] as const;
  for (const [code, typed] of refused) {
    const reply = await service.call('POST /v1/page', {
      ...page,
      viewer: client,
      page: 'credit',
      ...typed,
    });
    expect(reply).toMatchObject({ status: 400, signed: true, body: { code } });
  }
  expect(await database.query('SELECT * FROM mod_creditbridge_deliveries')).toEqual([]);
  const metrics = await (await fetch(`${service.metricsUrl}/metrics`)).text();
  const counted = (code: string, times: number) =>
    `creditbridge_http_calls_total{path="/v1/page",code="${code}"} ${times}`;
  expect(metrics).toContain(counted('body-too-deep', 1));
  expect(metrics).toContain(counted('envelope-invalid', 2));
});

test('the daily run is planned when cron asks', async () => {
  const run = { date: whmcsDay(), zone: 'Europe/Berlin', moment: 'PreCronJob' };
  // As the shim does: a busy machine may not be done when the first call is answered.
  const states: string[] = [];
  do {
    const reply = await service.call('POST /v1/run', run);
    expect(reply).toMatchObject({ status: 200, signed: true });
    states.push(runReply.parse(reply.body).state);
  } while (states.at(-1) === 'planning');
  expect(states.at(-1)).toBe('planned');
});

test('a date that is not the database’s is held, and no run is made of it', async () => {
  const runs = () => database.query('SELECT local_date FROM mod_creditbridge_runs');
  const before = await runs();
  expect(before).toHaveLength(1);
  const run = { date: whmcsDay(2), zone: 'Europe/Berlin', moment: 'PreCronJob' };
  const reply = await service.call('POST /v1/run', run);
  expect(runReply.parse(reply.body)).toMatchObject({ run: null, state: 'held', planned: 0 });
  expect(await runs()).toEqual(before);
});

test('a page is drawn for the admin it names, signed', async () => {
  const reply = await service.call('POST /v1/page', page);
  expect(reply).toMatchObject({ status: 200, signed: true });
  const { status, html } = pageReply.parse(reply.body);
  expect(status).toBe(200);
  expect(html).toContain('<');
});

test('who tries what the role does not allow, or sends a form that is none of ours, stands in the log', async () => {
  const viewer = { ...page.viewer, adminId: 3, permissions: [] };
  await service.call('POST /v1/page', { ...page, viewer, page: 'clients' });
  await service.call('POST /v1/page', {
    ...page,
    viewer,
    method: 'POST',
    page: 'approvals',
    form: { act: 'approve-proposal', comment: 'a private word' },
  });
  await service.call('POST /v1/page', {
    ...page,
    method: 'POST',
    page: 'approvals',
    form: { act: 'approve-proposal', once: 'forged' },
  });

  const lines = service
    .log()
    .split('\n')
    .filter((line) => line.includes('A page or act was refused'));
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ level: 'warn', who: 'admin:3', page: 'clients', status: 403 }),
    expect.objectContaining({
      who: 'admin:3',
      page: 'approvals',
      act: 'approve-proposal',
      status: 403,
    }),
    expect.objectContaining({
      who: 'admin:1',
      page: 'approvals',
      act: 'approve-proposal',
      status: 400,
    }),
  ]);
  expect(service.log()).not.toContain('private word');
});

/** The service looks at the settings row once a second. */
const SOON = { timeout: 10_000, interval: 100 };
const post = () => service.call('POST /v1/page', { ...page, method: 'POST' });

test('before pairing pages may be looked at, but no form is taken', async () => {
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'copy-or-move'");
  await expect.poll(post, SOON).toMatchObject({
    status: 400,
    signed: true,
    body: { code: 'not-paired' },
  });
  expect(await service.call('POST /v1/page', page)).toMatchObject({ status: 200, signed: true });
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'paired'");
});

test('a settings row that names another database acts for nobody, as in a copy', async () => {
  // A service that has written there before would find its own beat, and be at home again.
  await service.stop();
  const [row] = await database.query<{ fingerprint: string }>(
    'SELECT fingerprint FROM mod_creditbridge_settings',
  );
  const { systemUrl, databases } = JSON.parse(row?.fingerprint ?? '{}');
  const elsewhere = { systemUrl, databases: [{ ...databases[0], name: 'the_original' }] };
  await database.root.query('UPDATE mod_creditbridge_settings SET fingerprint = ?', [
    JSON.stringify(elsewhere),
  ]);
  const copied = await startTestService(database);
  const form = { ...page, method: 'POST' };
  expect(await copied.call('POST /v1/page', form)).toMatchObject({ body: { code: 'not-paired' } });
  const run = { date: '2026-11-22', zone: 'Europe/Berlin', moment: 'PreCronJob' };
  expect(await copied.call('POST /v1/run', run)).toMatchObject({ body: { code: 'not-paired' } });
  await copied.stop();
});
