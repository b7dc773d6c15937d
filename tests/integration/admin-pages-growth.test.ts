import { sql } from 'kysely';
import { v7 } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import type { PageRequest } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { CONNECTIONS_MAX } from '../../src/db/index.ts';
import { type CountedWork, countWork } from '../support/counted-work.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { healthySnapshot, seedPages } from '../support/seed-pages.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const NOW = new Date();
const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
await seedPages(database, parts.db, parts.engine, NOW);
await beginLedger(parts.db);
await mirrorLog(parts.db);
afterAll(async () => {
  await parts.close();
  await database.drop();
});

/** Rows of each large table when they have grown. */
const GROWN = 40_000;

/** Not how long that takes, but when it hangs for certain: ten minutes are several times of what a busy machine took. */
const GROWS_WITHIN_MS = 600_000;

/** Pages with how many rows they may read of the grown tables: one screenful, or what a filter may look through. */
const SCREENFUL = 1_000;
const LOOKED_THROUGH = 25_000;
/** A screenful of each part of a client's page; MySQL sorts some of what it could read from an index in that order. */
const OF_A_CLIENT = 2_500;
/** Today's figures are added up of as many commands, through a temporary table and with their clients. */
const FIGURES = 35_000;
const PAGES: readonly [string, Readonly<Record<string, string>>, number][] = [
  ['overview', {}, FIGURES],
  ['rules', {}, SCREENFUL],
  ['rules/auto-apply', {}, SCREENFUL],
  ['credit-settings', {}, SCREENFUL],
  ['decisions', {}, SCREENFUL],
  ['decisions', { rule: 'auto-apply', outcome: 'observed' }, LOOKED_THROUGH],
  ['decisions', { client: '13' }, SCREENFUL],
  ['decisions', { invoice: '909' }, SCREENFUL],
  ['commands', {}, SCREENFUL],
  ['commands', { state: 'open' }, SCREENFUL],
  ['commands', { state: 'stale' }, LOOKED_THROUGH],
  ['commands', { client: '13' }, SCREENFUL],
  ['deliveries', {}, SCREENFUL],
  ['deliveries', { outcome: 'refused' }, SCREENFUL],
  ['invoice', { id: '909' }, SCREENFUL],
  ['clients', {}, SCREENFUL],
  ['client/13', {}, OF_A_CLIENT],
  ['client/13/deduct', {}, SCREENFUL],
  ['approvals', {}, SCREENFUL],
  ['approvals', { all: 'yes' }, SCREENFUL],
  ['parked', {}, SCREENFUL],
  ['parked', { all: 'yes' }, SCREENFUL],
  ['ledger-settings', {}, SCREENFUL],
];

async function render(page: string, query: Readonly<Record<string, string>>): Promise<string> {
  const request: PageRequest = {
    protocol: 1,
    to: 'POST /v1/page',
    installation: database.installation,
    viewer: { kind: 'admin', adminId: 1, permissions: ['Manage Credits'] },
    method: 'GET',
    page,
    query,
    form: {},
    base: 'addonmodules.php?module=creditbridge',
    assets: '/assets',
    token: { name: 'token', value: 't' },
    settings: healthySnapshot(NOW).settings,
  };
  const { status, html } = await parts.pages.render(request);
  expect([page, status]).toEqual([page, 200]);
  return html;
}

let isGrown = false;

const readWork = await countWork(database, new URL(database.serviceUrl).username);

/** What the service's account alone asked of the server meanwhile. */
async function work(act: () => Promise<unknown>): Promise<CountedWork> {
  const read = async (): Promise<CountedWork> => {
    // A statement is counted after it was answered, and before the next of its connection: each is asked once more.
    await Promise.all(Array.from({ length: CONNECTIONS_MAX }, () => sql`DO 0`.execute(parts.db)));
    return readWork();
  };
  const before = await read();
  await act();
  const after = await read();
  return { statements: after.statements - before.statements, rows: after.rows - before.rows };
}

test(
  'a page costs as many statements in large tables as in small ones, and reads no more than it may look through',
  async () => {
    const small = new Map<string, number>();
    for (const [page, query] of PAGES) {
      await render(page, query);
      const { statements } = await work(() => render(page, query));
      expect(statements).toBeGreaterThan(1);
      small.set(`${page} ${JSON.stringify(query)}`, statements);
    }
    await grow();
    for (const [page, query, allowed] of PAGES) {
      const { statements, rows } = await work(() => render(page, query));
      const name = `${page} ${JSON.stringify(query)}`;
      expect([name, statements]).toEqual([name, small.get(name)]);
      expect(rows, `${name} reads ${rows} rows`).toBeLessThanOrEqual(allowed);
    }
  },
  GROWS_WITHIN_MS,
);

test('lists go on to their end, each row once, and filters say how far they looked', async () => {
  await grow();
  for (const [page, query, table] of [
    ['deliveries', { outcome: 'refused' }, "mod_creditbridge_deliveries WHERE outcome = 'refused'"],
    ['decisions', { client: '13' }, 'mod_creditbridge_decisions WHERE client_id = 13'],
    ['commands', { state: 'open' }, "mod_creditbridge_commands WHERE state = 'open'"],
    ['commands', { state: 'stale' }, "mod_creditbridge_commands WHERE state = 'stale'"],
    ['decisions', { outcome: 'observed' }, "mod_creditbridge_decisions WHERE outcome = 'observed'"],
  ] as const) {
    const ids: string[] = [];
    let after: string | undefined;
    for (let pages = 0; pages < 60; pages++) {
      const html = await render(page, { ...query, ...(after !== undefined && { after }) });
      ids.push(
        ...[...html.matchAll(new RegExp(`page=${page}/([0-9a-f-]{36})"`, 'g'))].map(
          ([, id]) => id ?? '',
        ),
      );
      after = html.match(/after=([^"&]+)">(?:Older|Look further back)/)?.[1];
      if (after === undefined) break;
      after = decodeURIComponent(after);
    }
    const [row] = await database.query<{ n: bigint }>(`SELECT COUNT(*) AS n FROM ${table}`);
    expect([page, query, ids.length, new Set(ids).size]).toEqual([
      page,
      query,
      Number(row?.n),
      Number(row?.n),
    ]);
  }
  expect(await render('decisions', { outcome: 'observed' })).toContain('Looked through 5,000 rows');
});

/** Fills the large tables once, of many clients and of one with much of everything. */
async function grow(): Promise<void> {
  if (isGrown) return;
  isGrown = true;
  for (let from = 0; from < GROWN; from += 2_000) {
    const rows = Array.from({ length: 2_000 }, (_, index) => from + index);
    const at = (n: number) =>
      new Date(NOW.getTime() - n * 1_000).toISOString().slice(0, 23).replace('T', ' ');
    const ids = rows.map((n) => v7({ msecs: NOW.getTime() - n * 1_000 }));
    const client = (n: number) => (n % 20 === 0 ? 13 : 100_000 + n);
    const id = (n: number) => ids[n - from];
    await database.root.query(
      'INSERT INTO mod_creditbridge_decisions (id, rule, target, repeat_key, client_id, invoice_id, event, outcome, trace, first_at, last_at) VALUES ?',
      [
        rows.map((n) => [
          id(n),
          'auto-apply',
          `invoice:${1_000_000 + n}`,
          id(n),
          client(n),
          1_000_000 + n,
          'DueInvoice',
          n % 400 === 0 ? 'observed' : 'skipped',
          '{}',
          at(n),
          at(n),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, state, urgency, created_at) VALUES ?',
      [
        rows.map((n) => [
          id(n),
          `grown:${n}`,
          client(n),
          'ApplyCredit',
          '{}',
          '{}',
          'auto-apply',
          n % 100 === 0 ? 'open' : n % 300 === 1 ? 'stale' : 'done',
          500 + (n % 7),
          at(n),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_deliveries (id, type, item_sha256, outcome, client_id, fired_at, received_at) VALUES ?',
      [
        rows.map((n) => [
          id(n),
          'InvoiceCreated',
          'x'.repeat(32),
          n % 100 === 0 ? 'refused' : 'accepted',
          client(n),
          at(n),
          at(Math.floor(n / 3) * 3),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_approvals (id, client_id, operation, amount_hundredths, state, proposed_by, reason, proposed_at, expires_at) VALUES ?',
      [
        rows.map((n) => [
          id(n),
          client(n),
          JSON.stringify(operationOn(client(n))),
          100,
          n % 1_000 === 0 ? 'pending' : 'approved',
          'admin:1',
          'x',
          at(n),
          at(n),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_parkings (id, fact, park_fact, client_id, currency_id, amount_hundredths, state, reason, found_at) VALUES ?',
      [
        rows.map((n) => [
          id(n),
          `surplus:${n}`,
          `operation:${id(n)}`,
          client(n),
          1,
          100,
          n % 1_000 === 0 ? 'parked' : 'kept',
          'x',
          at(n),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account, amount_hundredths, kind, act, recorded_at) VALUES ?',
      [
        rows.map((n) => [
          1_000_000 + n,
          1,
          client(n),
          1,
          'adjustment',
          `client:${client(n)}`,
          100,
          'manual',
          '{"do":"grant","kind":"adjustment"}',
          at(n),
        ]),
      ],
    );
    await database.root.query(
      'INSERT INTO mod_creditbridge_grants (id, epoch, client_id, currency_id, kind, amount_hundredths, remaining_hundredths) VALUES ?',
      [
        rows.map((n) => [
          1_000_000 + n,
          1,
          client(n),
          1,
          'adjustment',
          100,
          n % 400 === 0 ? 50 : 0,
        ]),
      ],
    );
  }
  await database.query(
    'ANALYZE TABLE mod_creditbridge_approvals, mod_creditbridge_parkings, mod_creditbridge_entries, mod_creditbridge_grants',
  );
  await database.query(
    'ANALYZE TABLE mod_creditbridge_decisions, mod_creditbridge_commands, mod_creditbridge_deliveries',
  );
}

function operationOn(clientId: number) {
  return { kind: 'deduct', clientId, amount: '1.00', grantId: null, description: null };
}
