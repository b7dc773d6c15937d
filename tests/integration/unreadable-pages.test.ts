import { afterAll, beforeAll, expect, test } from 'vitest';
import { listApprovals } from '../../src/api/endpoints/list-approvals.ts';
import { explainSubject } from '../../src/api/explain/explain-subject.ts';
import { createApiContext } from '../../src/app/create-api-context.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { grantKinds } from '../../src/ledger/index.ts';
import { listApprovals as readApprovals } from '../../src/operations/index.ts';
import { screens } from '../../src/pages/screens/index.ts';
import { followLinks } from '../support/follow-links.ts';
import { gift } from '../support/gift.ts';
import { visitPages } from '../support/page-visitor.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { CLIENT, showEverything } from '../support/show-everything.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// Rows that no version wrote, one in each place where stored JSON or a stored name is read: every page shows them as unreadable, with
// their id and what to do, and the rest beside them.

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
afterAll(async () => {
  await parts.close();
  await database.drop();
});
const visitor = (adminId: number) =>
  visitPages((request) => parts.pages.render(request), database.installation, adminId, [
    'Manage Credits',
    'Configure Addon Modules',
  ]);
const [ada, sam] = [visitor(1), visitor(3)];
const api = createApiContext(parts, { now: Date.now, onCommands: () => undefined });

const BROKEN = '{"brok';
/** The first half of a text that was cut off, in one row of each. */
const JSON_COLUMNS: readonly (readonly [table: string, column: string, which: string])[] = [
  ['approvals', 'operation', "client_id <> 0 AND proposed_by = 'admin:1'"],
  ['rule_settings', 'settings', "rule = 'auto-apply' AND layer = 'client'"],
  ['rule_settings_history', 'settings', "rule = 'auto-apply' AND layer = 'client'"],
  ['decisions', 'trace', 'invoice_id = 909'],
  ['commands', 'parameters', "action = 'AddCredit'"],
  ['commands', 'expects', "action = 'AddCredit'"],
  ['commands', 'answer', 'invoice_id = 909'],
  ['commands', 'witnesses', 'invoice_id = 920'],
  ['deliveries', 'item', "outcome = 'refused'"],
  ['entries', 'act', `client_id = ${CLIENT}`],
  ['audit', 'details', "act = 'operation-propose'"],
];
const NAME_COLUMNS = [
  ['entries', 'kind', `client_id = ${CLIENT}`],
  ['entries', 'evidence', `client_id = ${CLIENT}`],
  ['grants', 'kind', `client_id = ${CLIENT}`],
  ['decisions', 'outcome', 'invoice_id = 910'],
  ['decisions', 'effect', 'invoice_id = 910'],
  ['commands', 'state', 'invoice_id = 910'],
  ['commands', 'action', 'invoice_id = 910'],
  ['deliveries', 'outcome', "outcome = 'not-visible-yet'"],
  ['findings', 'kind', 'invoice_id = 909'],
  ['notices', 'level', 'invoice_id = 915'],
] as const;

async function breakRows(): Promise<void> {
  const set = async (table: string, column: string, which: string, value: string) => {
    const { affectedRows } = (
      await database.root.query(
        `UPDATE mod_creditbridge_${table} SET ${column} = ? WHERE ${which} LIMIT 1`,
        [value],
      )
    )[0] as unknown as { affectedRows: number };
    expect([table, column, affectedRows]).toEqual([table, column, 1]);
  };
  for (const [table, column, which] of JSON_COLUMNS) await set(table, column, which, BROKEN);
  for (const [table, column, which] of NAME_COLUMNS) await set(table, column, which, 'odd');
  await set('rule_settings', 'settings', "rule = 'operations/approval'", BROKEN);
  await database.query(
    `INSERT INTO mod_creditbridge_ledger_settings (version, settings, changed_by, changed_at)
     VALUES (1, ?, 'admin:1', NOW())`,
    [BROKEN],
  );
}

let proposal = '';
beforeAll(async () => {
  await showEverything(database, parts);
  await breakRows();
  const broken = await database.query<{ id: string }>(
    'SELECT id FROM mod_creditbridge_approvals WHERE operation = ?',
    [BROKEN],
  );
  proposal = broken[0]?.id ?? '';
});

const UNREADABLE = 'cannot be read, because no version of Credit Bridge wrote it.';

test('every page is shown with rows that cannot be read', async () => {
  const { addresses, dead } = await followLinks(ada);
  expect([...addresses.keys()].sort()).toEqual(screens.map(({ path }) => path).sort());
  expect(dead).toEqual(['["invoice",{"id":"999"}]']);
});

const SAYS: readonly (readonly [
  page: string,
  query: Record<string, string>,
  says: () => string,
])[] = [
  ['approvals', {}, () => `Proposal ${proposal} ${UNREADABLE} Reject it`],
  [`client/${CLIENT}`, {}, () => `Proposal ${proposal} ${UNREADABLE} Reject it`],
  [
    'rules/auto-apply',
    { layer: 'client', of: String(CLIENT) },
    () => `of the settings for client #${CLIENT} ${UNREADABLE} The rule is not asked`,
  ],
  ['ledger-settings', {}, () => `Version 1 ${UNREADABLE} The ledger waits`],
  ['ledger-settings', {}, () => `What is stored ${UNREADABLE} Until it is saved anew, every`],
];

test.each(SAYS)(
  '%s says which row cannot be read and what to do, and shows the rest',
  async (page, query, says) => {
    const { html } = await ada.get(page, query);
    expect(html).toContain(says());
  },
);

test('a client sees the own page with what can be read', async () => {
  // What credit is made of is shown while both balances agree.
  await database.query('UPDATE tblclients SET credit = 45 WHERE id = ?', [CLIENT]);
  const { status, html } = await parts.pages.render({
    protocol: 1,
    to: 'POST /v1/page',
    installation: database.installation,
    viewer: {
      kind: 'client',
      clientId: CLIENT,
      userId: 1,
      permissions: ['invoices'],
      masqueradingAdminId: null,
    },
    method: 'GET',
    page: 'overview',
    query: {},
    form: {},
    base: 'index.php?m=creditbridge',
    assets: '/a',
    token: { name: 'token', value: 't' },
    settings: {},
  });
  expect([status, html]).toEqual([200, expect.stringContaining('Other credit')]);
});

test('the approvals beside an unreadable one are shown, and it can be rejected but not approved', async () => {
  const { html } = await sam.get('approvals');
  expect(html).toContain('Add <strong class="cb-money">$5.00 USD</strong>');
  const at = new Date();
  const asked = { actor: { kind: 'admin', adminId: 3 } as const, reason: 'x', at };
  expect(await parts.operations.approve(proposal, asked)).toMatchObject({
    code: 'proposal-unreadable',
    message: expect.stringContaining(proposal),
  });
  const { rows } = await readApprovals(parts.db, { pending: true }, undefined, 50);
  expect(rows.length).toBeGreaterThan(1);
  const call = { query: { pending: true, limit: 50 } } as never;
  const said = await listApprovals.answer(call, api);
  const { body: list } = said as {
    readonly body: {
      readonly approvals: readonly { readonly id: string; readonly operation: unknown }[];
    };
  };
  expect(list.approvals.find(({ id }) => id === proposal)).toMatchObject({ operation: null });
  expect(listApprovals.cli?.[0]?.tell?.(list)).toMatchObject([{ rows: expect.any(Array) }]);
  expect((await parts.operations.reject(proposal, asked)).outcome).toBe('rejected');
});

test('while the approval amounts cannot be read, everything waits for a second admin', async () => {
  const wish = gift(CLIENT, '0.01', null);
  const asked = (adminId: number) => ({
    actor: { kind: 'admin', adminId } as const,
    reason: 'x',
    at: new Date(),
  });
  expect(await parts.operations.propose(wish, asked(1))).toMatchObject({
    outcome: 'waits-for-approval',
    because: expect.stringContaining('cannot be read'),
  });
  const anew = { kind: 'threshold', amounts: { 1: '50.00' } } as const;
  const changed = await parts.operations.propose(anew, asked(1));
  if (changed.outcome !== 'waits-for-approval') throw new Error(changed.outcome);
  expect((await parts.operations.approve(changed.id, asked(3))).outcome).toBe('approved');
});

test('an entry and a grant of an unknown kind are explained as what nobody could explain', async () => {
  const [entry] = await database.query<{ sequence: bigint }>(
    "SELECT sequence FROM mod_creditbridge_entries WHERE kind = 'odd'",
  );
  const [grant] = await database.query<{ id: bigint }>(
    "SELECT id FROM mod_creditbridge_grants WHERE kind = 'odd'",
  );
  const told = async (subject: 'entry' | 'grant', id: bigint | undefined) =>
    (await explainSubject(subject, String(id), api))
      ?.flatMap(({ sentences }) => sentences)
      .join(' ');
  expect(await told('entry', entry?.sequence)).toContain('nothing in WHMCS says what it was');
  expect(await told('grant', grant?.id)).toContain('of unknown origin');
  expect(await explainSubject('client', String(CLIENT), api)).toBeDefined();
});

test('an act that would go by an unreadable row says so and does nothing', async () => {
  await database.query(
    `INSERT INTO mod_creditbridge_rule_settings (rule, layer, mode, settings, version, changed_by, changed_at)
     VALUES ('auto-apply', 'installation', 'on', ?, 1, 'admin:1', NOW())`,
    [BROKEN],
  );
  const mode = await ada.post('rules/auto-apply', { act: 'set-mode', mode: 'off' });
  expect(mode.html).toContain(`of the settings for everyone ${UNREADABLE} Save the settings anew`);
  const [refused] = await database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_deliveries WHERE outcome = 'refused'",
  );
  const replayed = await ada.post(`deliveries/${refused?.id}`, { act: 'replay' });
  expect(replayed.redirect).toContain('said=unreadable');
});

test('the ledger settings that cannot be read are named as a finding until they are saved anew', async () => {
  const named = async () =>
    (
      await database.query<{ text: string }>(
        "SELECT text FROM mod_creditbridge_findings WHERE fact = 'set-aside:unreadable-row:ledger-settings'",
      )
    ).map(({ text }) => text);
  await parts.reconciliation.look();
  expect(await named()).toEqual([
    expect.stringMatching(/^Reading version 1 of the ledger settings, .* fails/),
  ]);
  const saved = await ada.send('ledger-settings', 'save-ledger-settings', {
    'draw-1': 'priority',
    ...Object.fromEntries(grantKinds.map((kind, index) => [`kind-${index + 1}`, kind])),
    reason: 'Broken',
  });
  expect(saved.redirect).toContain('said=');
  await parts.reconciliation.look();
  expect(await named()).toEqual([]);
});
