import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';
import { afterAll, expect, test } from 'vitest';
import { BODY_MAX_BYTES, generateSecret, NESTING_MAX } from '../../bridge/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { newToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';

const database = await createServiceDatabase(testDatabaseServer());
await database.root.query("SET SESSION sql_mode = ''");
await database.root.query(
  `INSERT INTO tblclients (id, currency, credit, status) VALUES (5, 1, 0, 'Active')`,
);
await database.root.query(
  `INSERT INTO tblinvoices (id, userid, date, duedate, subtotal, total, status)
   VALUES (9, 5, '2026-11-22', '2026-11-29', 10, 10, 'Unpaid')`,
);
const service = await startTestService(database);
afterAll(async () => {
  await service.stop();
  await database.drop();
});

const DELIVERIES = 'POST /v1/deliveries';
const created = (members: object = {}) =>
  hookItem('InvoiceCreated', { invoiceid: 9, status: 'Unpaid' }, { ...members });

async function stored(id: string) {
  const [row] = await database.query<{ outcome: string; code: string; item: string | null }>(
    'SELECT outcome, code, item FROM mod_creditbridge_deliveries WHERE id = ?',
    [id],
  );
  return row;
}

const BROWSER_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  // No page of another site may read an answer.
  'access-control-allow-origin': null,
};

function browserHeadersOf({ headers }: Response) {
  return Object.fromEntries(Object.keys(BROWSER_HEADERS).map((name) => [name, headers.get(name)]));
}

/** What the service answers to these very bytes, until it closes the connection. */
async function answerTo(bytes: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return text(socket);
}

async function countDeliveries(): Promise<number> {
  const [row] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM mod_creditbridge_deliveries',
  );
  return Number(row?.count);
}

test('a delivery signed by the standardwebhooks library is accepted, and it accepts the reply', async () => {
  const item = created();
  const body = JSON.stringify({
    protocol: 1,
    to: DELIVERIES,
    installation: database.installation,
    items: [item],
  });
  const now = new Date();
  const signature = new Webhook(service.secrets.toService).sign(item.id, now, body);
  const response = await fetch(`${service.url}/v1/deliveries`, {
    method: 'POST',
    headers: {
      'webhook-id': item.id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': signature,
    },
    body,
  });
  const text = await response.text();
  expect(response.status).toBe(200);
  const reply = new Webhook(service.secrets.toWhmcs).verify(
    text,
    Object.fromEntries(response.headers),
  );
  expect(reply).toMatchObject({ results: [{ id: item.id, outcome: 'accepted' }] });
  expect(response.headers.get('webhook-id')).toBe(`${item.id}-200`);
  expect(await stored(item.id)).toMatchObject({ outcome: 'accepted' });
});

test('the same delivery again is a duplicate; its id with another body is refused and kept', async () => {
  const item = created();
  await service.call(DELIVERIES, { items: [item] });
  const again = await service.call(DELIVERIES, { items: [item] });
  expect(again.body['results']).toEqual([{ id: item.id, outcome: 'duplicate' }]);

  const other = { ...item, data: { invoiceid: 9, status: 'Paid' } };
  const reused = await service.call(DELIVERIES, { items: [other] });
  expect(reused.body['results']).toMatchObject([{ outcome: 'refused', code: 'id-reused' }]);
  expect(await stored(item.id)).toMatchObject({ outcome: 'accepted' });
  const [kept] = await database.query(
    "SELECT COUNT(*) AS count FROM mod_creditbridge_deliveries WHERE code = 'id-reused'",
  );
  expect(kept).toEqual({ count: 1 });
});

test('one refused item does not block the others of its batch, and each result has its place', async () => {
  const items = [
    created(),
    hookItem('NoSuchHook', { invoiceid: 9 }),
    hookItem('InvoiceCreated', { invoiceid: 'nine' }),
    created(),
  ];
  const reply = await service.call(DELIVERIES, { items });
  expect(reply).toMatchObject({ status: 200, signed: true });
  expect(reply.body['results']).toMatchObject([
    { id: items[0]?.id, outcome: 'accepted' },
    { id: items[1]?.id, outcome: 'refused', code: 'unknown-type' },
    { id: items[2]?.id, outcome: 'refused', code: 'payload-invalid' },
    { id: items[3]?.id, outcome: 'accepted' },
  ]);
  expect(await stored(items[1]?.id ?? '')).toMatchObject({ code: 'unknown-type' });
  expect(await stored(items[2]?.id ?? '')).toMatchObject({ code: 'payload-invalid' });
});

test.each([
  ['signature-wrong', { secret: generateSecret() }],
  ['signature-wrong', { sent: '{"another":"body"}' }],
  ['signature-wrong', { headers: { 'webhook-id': 'another-id' } }],
  ['signature-missing', { headers: { 'webhook-signature': undefined } }],
  ['id-missing', { headers: { 'webhook-id': undefined } }],
  ['timestamp-missing', { headers: { 'webhook-timestamp': 'now' } }],
  ['timestamp-too-old', { aheadSeconds: -302 }],
  ['timestamp-too-new', { aheadSeconds: 302 }],
])(
  'a stranger gets 401 with %s alone, unsigned, and only a count of it is kept',
  async (code, options) => {
    const before = await countDeliveries();
    const reply = await service.call(DELIVERIES, { items: [created()] }, options);
    expect(reply).toMatchObject({ status: 401, signed: false, text: `{"code":"${code}"}` });
    expect(reply.headers.has('webhook-signature')).toBe(false);
    expect(await countDeliveries()).toBe(before);
    const metrics = await fetch(`${service.metricsUrl}/metrics`).then((response) =>
      response.text(),
    );
    expect(metrics).toMatch(new RegExp(`creditbridge_strangers_total\\{code="${code}"\\} [1-9]`));
  },
);

test('a message at the edge of the tolerance is still believed', async () => {
  const reply = await service.call(DELIVERIES, { items: [created()] }, { aheadSeconds: -297 });
  expect(reply).toMatchObject({ status: 200, signed: true });
});

test('a body over 256 KiB is not read, whether it says its length or not', async () => {
  const before = await countDeliveries();
  const large = `{"x":"${'x'.repeat(BODY_MAX_BYTES)}"}`;
  const said = await service.send('/v1/deliveries', large);
  expect(said).toMatchObject({ status: 413, signed: false, text: '{"code":"body-too-large"}' });
  const chunked = await fetch(`${service.url}/v1/deliveries`, {
    method: 'POST',
    body: new Blob([large]).stream(),
    duplex: 'half',
  });
  expect(chunked.status).toBe(413);
  expect(await countDeliveries()).toBe(before);
});

test('a compressed body, which could be larger than it looks, is refused', async () => {
  const body = gzipSync(JSON.stringify({ items: [] }));
  const headers = { 'content-encoding': 'gzip' };
  expect((await service.send('/v1/deliveries', body, { headers })).status).toBe(400);
});

const envelope = { protocol: 1, to: DELIVERIES, installation: database.installation };
const deep = `${'['.repeat(NESTING_MAX)}${']'.repeat(NESTING_MAX)}`;
test.each([
  ['body-malformed', '{"items":['],
  ['body-malformed', '[]'],
  ['body-malformed', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d])],
  ['body-too-deep', `{"x":${deep}}`],
  ['string-too-long', `{"x":"${'x'.repeat(16_385)}"}`],
  ['envelope-invalid', '{}'],
  ['envelope-invalid', JSON.stringify({ ...envelope, items: [] })],
  ['envelope-invalid', JSON.stringify({ ...envelope, items: [{ type: 'InvoiceCreated' }] })],
  ['envelope-invalid', JSON.stringify({ ...envelope, items: [created()], more: 1 })],
  ['wrong-address', JSON.stringify({ ...envelope, to: 'POST /v1/run', items: [created()] })],
  ['wrong-address', JSON.stringify({ ...envelope, to: 'GET /v1/deliveries', items: [created()] })],
  [
    'wrong-installation',
    JSON.stringify({
      ...envelope,
      installation: '01890000-0000-7000-8000-000000000000',
      items: [],
    }),
  ],
  ['upgrade-service', JSON.stringify({ ...envelope, protocol: 2, items: [created()] })],
  ['upgrade-shim', JSON.stringify({ ...envelope, protocol: 0, items: [created()] })],
  [
    'batch-too-large',
    JSON.stringify({ ...envelope, items: Array.from({ length: 101 }, () => created()) }),
  ],
])(
  'a correctly signed call with %s is refused as a whole, signed, and the admin sees it',
  async (code, body) => {
    const before = await countDeliveries();
    const reply = await service.send('/v1/deliveries', body);
    expect(reply).toMatchObject({ status: 400, signed: true, body: { code } });
    expect(await countDeliveries()).toBeGreaterThan(before);
    const [row] = await database.query(
      'SELECT COUNT(*) AS count FROM mod_creditbridge_deliveries WHERE outcome = ? AND code = ?',
      ['refused', code],
    );
    expect(row).not.toEqual({ count: 0 });
  },
);

test('an item whose call was refused is accepted when it comes again in a right one', async () => {
  const item = created();
  const refused = await service.send(
    '/v1/deliveries',
    JSON.stringify({ ...envelope, protocol: 2, items: [item] }),
  );
  expect(refused.body).toMatchObject({ code: 'upgrade-service' });
  expect(await stored(item.id)).toMatchObject({ outcome: 'refused', code: 'upgrade-service' });
  const accepted = await service.call(DELIVERIES, { items: [item] });
  expect(accepted.body['results']).toMatchObject([{ outcome: 'accepted' }]);
  expect(await stored(item.id)).toMatchObject({ outcome: 'accepted' });
});

test('a signed delivery sent to another path is not for it', async () => {
  const body = JSON.stringify({ ...envelope, items: [created()] });
  const reply = await service.send('/v1/run', body);
  expect(reply).toMatchObject({ status: 400, signed: true, body: { code: 'wrong-address' } });
});

test('refused calls leave one line each in the log, with what to do, however many there are', async () => {
  const said = () =>
    service
      .log()
      .split('\n')
      .filter((line) => line.includes('"msg":"Calls are refused"'))
      .map((line) => JSON.parse(line) as { code: string; remedy: string });
  const call = (members: object, options?: Parameters<typeof service.call>[2]) =>
    service.call(DELIVERIES, { items: [], ...members }, options);
  for (let time = 0; time < 3; time++) {
    await call({}, { secret: generateSecret() });
    await call({}, { aheadSeconds: 400 });
    await call({}, { aheadSeconds: -400 });
    await call({ installation: '01890000-0000-7000-8000-000000000000' });
    await call({ protocol: 2 });
    await fetch(`${service.url}/api/v1/ledger`, {
      headers: { authorization: `Bearer ${newToken()}` },
    });
  }
  const remedies = new Map(said().map(({ code, remedy }) => [code, remedy]));
  for (const [code, remedy] of [
    ['signature-wrong', 'Press Show the secrets under Connection'],
    ['timestamp-too-new', 'Keep both on NTP'],
    ['timestamp-too-old', 'Keep both on NTP'],
    ['wrong-installation', 'Each WHMCS needs its own service'],
    ['upgrade-service', 'Upgrade the service'],
    ['token-unknown', 'token'],
  ] as const) {
    expect(said().filter((line) => line.code === code)).toHaveLength(1);
    expect(remedies.get(code)).toContain(remedy);
  }
});

test('health and readiness tell a stranger nothing', async () => {
  for (const path of ['/health', '/ready']) {
    const response = await fetch(service.url + path);
    expect([response.status, await response.text()]).toEqual([200, '{"status":"ok"}']);
    const names = [...response.headers.keys()].toSorted();
    expect(names).toEqual([
      'cache-control',
      'connection',
      'content-length',
      'content-security-policy',
      'content-type',
      'date',
      'keep-alive',
      'referrer-policy',
      'x-content-type-options',
    ]);
  }
});

test.each([
  ['GET', '/', 404],
  ['GET', '/metrics', 404],
  ['POST', '/v1/Deliveries', 404],
  ['POST', '/v1/deliveries/', 404],
  ['POST', '/v1/pages', 404],
  ['GET', '/v1/deliveries', 405],
  ['PUT', '/v1/page', 405],
  ['POST', '/health', 405],
])('%s %s is answered with %i and nothing else', async (method, path, status) => {
  const response = await fetch(service.url + path, { method });
  expect([response.status, await response.text()]).toEqual([status, '']);
  expect(response.headers.get('x-powered-by')).toBeNull();
  expect(response.headers.get('server')).toBeNull();
});

test.each([
  ['GET', '/health'],
  ['GET', '/no-such-page'],
  ['POST', '/v1/deliveries'],
  ['GET', '/api/v1/openapi.json'],
  ['GET', '/api/v1/entries'],
])('no browser guesses, frames, runs or keeps what answers %s %s', async (method, path) => {
  expect(browserHeadersOf(await fetch(service.url + path, { method }))).toEqual(BROWSER_HEADERS);
});

test('no browser guesses, frames, runs or keeps the metrics', async () => {
  const response = await fetch(`${service.metricsUrl}/metrics`);
  expect(browserHeadersOf(response)).toEqual(BROWSER_HEADERS);
});

test('a request whose end could be read in two ways is refused', async () => {
  const twoEnds = [
    'POST /v1/deliveries HTTP/1.1',
    'host: localhost',
    'content-length: 6',
    'transfer-encoding: chunked',
    '',
    '0',
    '',
    'X',
  ];
  expect(await answerTo(twoEnds.join('\r\n'))).toMatch(/^HTTP\/1\.1 400 /);
});

test('TRACE, which would show a browser its own headers, is not answered', async () => {
  const trace = ['TRACE /v1/page HTTP/1.1', 'host: localhost', 'connection: close', '', ''];
  expect(await answerTo(trace.join('\r\n'))).toMatch(/^HTTP\/1\.1 405 .*\r\n\r\n$/s);
});

test('metrics are on a port of their own, which has nothing else', async () => {
  const { metricsUrl } = service;
  const response = await fetch(`${metricsUrl}/metrics`);
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('creditbridge_spool_backlog 0');
  expect((await fetch(`${metricsUrl}/health`)).status).toBe(404);
  expect((await fetch(`${metricsUrl}/v1/deliveries`, { method: 'POST' })).status).toBe(404);
});

test('a card number and a password that were posted are in no table and no log', async () => {
  const card = '4111111111111111';
  const password = 'correct-horse-battery';
  const form = { cardnum: card, password, password2: password, cccvv: '123' };
  const checkout = { ...form, invoiceid: 9, status: 'Unpaid' };
  const calls: readonly object[] = [
    { items: [hookItem('InvoiceCreated', checkout)] },
    { items: [hookItem('ShoppingCartValidateCheckout', { ...form, clientId: 5 })] },
    { items: [hookItem('NoSuchHook', form)] },
    { items: [hookItem(card, { invoiceid: 9 })] },
    { items: [hookItem('InvoiceCreated', { invoiceid: 9 }, { ...form })] },
    { items: [hookItem('InvoiceCreated', { invoiceid: 9 }, { whmcs: form })] },
    { items: [hookItem('InvoiceCreated', { invoiceid: 9 })], ...form },
    { items: [hookItem('InvoiceCreated', checkout)], protocol: 2 },
    { items: [hookItem('InvoiceCreated', checkout)], to: password },
    { items: [hookItem('InvoiceCreated', { invoiceid: 9, status: { ...form } })] },
    form,
  ];
  for (const call of calls) {
    await service.call(DELIVERIES, call);
    await service.call(DELIVERIES, call, { secret: generateSecret() });
  }
  await service.send(`/v1/deliveries?password=${password}`, `{"password":"${password}", ${card}`);
  await service.send('/v1/deliveries', JSON.stringify(form), {
    headers: { authorization: `Bearer ${password}`, cookie: `card=${card}` },
  });
  await service.stop();

  expect(service.log()).not.toContain(card);
  expect(service.log()).not.toContain(password);
  expect(await tablesContaining([card, password])).toEqual([]);
});

/** Every column of every table, as text. */
async function tablesContaining(needles: readonly string[]): Promise<string[]> {
  const columns = await database.query<{ table: string; column: string }>(
    `SELECT table_name AS \`table\`, column_name AS \`column\` FROM information_schema.columns
     WHERE table_schema = ?`,
    [database.name],
  );
  const found: string[] = [];
  for (const { table, column } of columns) {
    for (const needle of needles) {
      const rows = await database.query(
        `SELECT 1 FROM \`${table}\` WHERE LOCATE(?, CONVERT(\`${column}\` USING utf8mb4)) > 0 LIMIT 1`,
        [needle],
      );
      if (rows.length > 0) found.push(`${table}.${column}`);
    }
  }
  return found;
}
