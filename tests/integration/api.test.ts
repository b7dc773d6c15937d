import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { findBalances } from '../../src/api/find-balances.ts';
import { csvColumns } from '../../src/api/index.ts';
import { listClientIds } from '../../src/api/list-client-ids.ts';
import { connect } from '../../src/db/index.ts';
import { type Answered, startApi } from '../support/api-at-work.ts';
import { addClient } from '../support/whmcs-rows.ts';

// What the API answers: lists, details, exports, and what is wrong with a call.

const api = await startApi();
const { database, seeded, service, openapi, all, get } = api;
afterAll(() => api.stop());

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
