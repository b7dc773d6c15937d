import { v7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { inTransaction } from '../../src/db/index.ts';
import { plainTerms } from '../../src/ledger/index.ts';
import type { Admin } from '../../src/operations/index.ts';
import { acts } from '../../src/pages/acts/index.ts';
import { matchPath } from '../../src/pages/match-path.ts';
import { permissionFor } from '../../src/pages/rights.ts';
import { screens } from '../../src/pages/screens/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { visitPages } from '../support/page-visitor.ts';
import { seedPages } from '../support/seed-pages.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const NOW = new Date();
const DAY_MS = 86_400_000;
const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
afterAll(async () => {
  await parts.close();
  await database.drop();
});
const visitor = (...permissions: string[]) =>
  visitPages((request) => parts.pages.render(request), database.installation, 1, permissions);
const fullAdmin = visitor('Manage Credits', 'Configure Addon Modules');

const CLIENT = 13;
const FROZEN = 18;

/** An installation where every page has something to show and every act something to do. */
beforeAll(async () => {
  await seedPages(database, parts.db, parts.engine, NOW);
  await beginLedger(parts.db);
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, '2026-11-01', 'Who knows', 10)",
    [CLIENT],
  );
  const unexplained = plainTerms('unexplained');
  await mirrorLog(parts.db, ({ description }) =>
    description === 'Who knows'
      ? { kind: 'unknown', act: { do: 'grant', ...unexplained, fundsUnfunded: false } }
      : null,
  );
  await database.query(
    `INSERT INTO mod_creditbridge_drifts (client_id, currency_id, state, whmcs_hundredths, ledger_hundredths, first_seen_at, last_seen_at)
     VALUES (?, 1, 'open', 4000, 1000, NOW(), NOW())`,
    [CLIENT],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_findings (fact, kind, client_id, invoice_id, text, outcome, found_at)
     VALUES ('paid-after-cancel:909', 'paid-after-cancel', ?, 909, 'Money came late.', 'open', NOW())`,
    [CLIENT],
  );
  await database.query(
    "INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, 'Asked to', 'admin:1', NOW())",
    [FROZEN],
  );
  await inTransaction(parts.db, (trx) =>
    saveSettingsLayer(trx, {
      rule: 'auto-apply',
      layer: 'client',
      layerId: CLIENT,
      mode: 'off',
      settings: {},
      by: 'admin:1',
      reason: '',
      at: NOW,
    }),
  );
  const asked = (adminId: number) => {
    const actor: Admin = { kind: 'admin', adminId };
    return { actor, reason: 'x', at: NOW };
  };
  await parts.operations.propose({ kind: 'threshold', amounts: { '1': '1.00' } }, asked(1));
  for (const adminId of [1, 2]) {
    const { outcome } = await parts.operations.propose(
      {
        kind: 'add',
        clientId: CLIENT,
        amount: '5.00',
        grantKind: 'promotional',
        description: null,
        startsOn: null,
        expiresOn: null,
        priority: 100,
        refundable: false,
      },
      asked(adminId),
    );
    expect(outcome).toBe('waits-for-approval');
  }
  await fullAdmin.send('api-tokens', 'make-token', { name: 'Till', 'scope-read': 'on' });
  const otherDay = new Date(NOW.getTime() + 3 * DAY_MS).toISOString().slice(0, 10);
  await database.query(
    "UPDATE mod_creditbridge_settings SET whmcs = JSON_SET(whmcs, '$.date', ?) WHERE id = 1",
    [otherDay],
  );
});

interface Visited {
  /** Addresses that were opened, by the path of their page. */
  readonly addresses: ReadonlyMap<string, readonly Address[]>;
  /** Acts for which a form was seen. */
  readonly acts: ReadonlySet<string>;
  /** Links that led to nothing. */
  readonly dead: readonly string[];
}

interface Address {
  readonly page: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Enough of one page to meet its rows in every state. */
const VISITS_MAX = 25;

/** Opens the addon and follows every link, as somebody would who looks at everything. */
async function followLinks(): Promise<Visited> {
  const addresses = new Map<string, Address[]>();
  const seenActs = new Set<string>();
  const dead: string[] = [];
  const seen = new Set<string>();
  const queue: Address[] = [{ page: 'overview', query: {} }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { page, query } = next;
    const key = JSON.stringify([page, query]);
    const path = screens.find((screen) => matchPath(screen.path, page) !== undefined)?.path ?? '';
    const visits = addresses.get(path) ?? [];
    if (seen.has(key) || visits.length >= VISITS_MAX) continue;
    seen.add(key);
    const { status, html } = await fullAdmin.get(page, { ...query });
    if (status !== 200) {
      dead.push(key);
      continue;
    }
    addresses.set(path, [...visits, next]);
    expect(
      html.match(/<(script|style)(?![^>]* src=)[^>]*>|<[^>]* (style|on\w+)=/gi),
      key,
    ).toBeNull();
    expect(html, key).not.toMatch(/<script>alert|<b>VIP/);
    for (const [, act = ''] of html.matchAll(/name="act" value="([^"]*)"/g)) seenActs.add(act);
    for (const [, link = ''] of html.matchAll(/<a [^>]*?href="addonmodules\.php\?([^"]*)"/g)) {
      const parameters = new Map(new URLSearchParams(link.replaceAll('&amp;', '&')));
      const to = parameters.get('page') ?? '';
      parameters.delete('module');
      parameters.delete('page');
      // The shim's own page.
      if (to !== 'connection') queue.push({ page: to, query: Object.fromEntries(parameters) });
    }
  }
  return { addresses, acts: seenActs, dead };
}

let visited: Visited;
beforeAll(async () => {
  visited = await followLinks();
});

test('every page that is declared can be reached by links without inline script or style, and every link leads to one', () => {
  expect([...visited.addresses.keys()].sort()).toEqual(screens.map(({ path }) => path).sort());
  // A hook told of this invoice before WHMCS had committed it.
  expect(visited.dead).toEqual(['["invoice",{"id":"999"}]']);
});

test('every act that is declared has a form on some page, and every form an act', () => {
  // The acts of the page Connection are the shim's.
  const ofShim = ['settle-done', 'settle-not-done'];
  expect([...visited.acts].filter((name) => !ofShim.includes(name)).sort()).toEqual(
    acts.map(({ name }) => name).sort(),
  );
});

const exampleOf = (path: string): Address => {
  const [address] = visited.addresses.get(path) ?? [];
  if (address === undefined) throw new Error(`No address of ${path} was seen.`);
  return address;
};

test('every page asks for its right, and those that every admin may open are known', async () => {
  const stranger = visitor();
  const open: string[] = [];
  for (const { path, right } of screens) {
    const { page, query } = exampleOf(path);
    const { status } = await stranger.get(page, { ...query });
    if (status === 200) open.push(path);
    else expect([path, status]).toEqual([path, 403]);
    for (const one of [right].flat()) {
      const entitled = await visitor(permissionFor(one)).get(page, { ...query });
      expect([path, one, entitled.status]).toEqual([path, one, 200]);
    }
  }
  expect(open.sort()).toEqual(['credit-settings', 'overview', 'rules', 'rules/:rule']);
});

test('no act is done without its right, and those that need less than Manage Credits are known', async () => {
  const auditRows = async () =>
    (await database.query('SELECT id FROM mod_creditbridge_audit')).length;
  const before = await auditRows();
  const forViewers: string[] = [];
  for (const { name, page: path } of acts) {
    const { page } = exampleOf(path);
    const form = { act: name, once: v7() };
    const { status } = await visitor().post(page, form);
    expect([name, status]).toEqual([name, 403]);
    // Without its fields a form does nothing; all that matters here is whether it is refused for the right.
    const viewed = await visitor('View Credit Log').post(page, form);
    if (viewed.status !== 403) forViewers.push(name);
  }
  expect(forViewers.sort()).toEqual(['make-token', 'revoke-token']);
  expect(await auditRows()).toBe(before);
});
