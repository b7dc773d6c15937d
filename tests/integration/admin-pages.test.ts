import { v7 } from 'uuid';
import { afterAll, beforeEach, expect, test } from 'vitest';
import type { PageReply, PageRequest } from '../../bridge/index.ts';
import { pageReply } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { lookAtNotes } from '../../src/db/index.ts';
import { listApprovals } from '../../src/operations/index.ts';
import { becomeNine } from '../support/become-nine.ts';
import { healthySnapshot, seedPages } from '../support/seed-pages.ts';
import { grantAgain } from '../support/service-account.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addNote, addPayment } from '../support/whmcs-rows.ts';

const NOW = new Date();
const database = await createServiceDatabase(testDatabaseServer(), { seed: true, whmcs: '8.13' });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
const seeded = await seedPages(database, parts.db, parts.engine, NOW);
afterAll(async () => {
  await parts.close();
  await database.drop();
});

const SETTINGS = healthySnapshot(NOW).settings;
const MANAGE = ['Manage Credits', 'Configure General Settings'];
let permissions: readonly string[] = MANAGE;
beforeEach(() => {
  permissions = MANAGE;
});

function ask(page: string, more: Partial<PageRequest> = {}): Promise<PageReply> {
  return parts.pages.render({
    protocol: 1,
    to: 'POST /v1/page',
    installation: database.installation,
    viewer: { kind: 'admin', adminId: 1, permissions: [...permissions] },
    method: 'GET',
    page,
    query: {},
    form: {},
    base: 'addonmodules.php?module=creditbridge',
    assets: '/modules/addons/creditbridge/assets',
    token: { name: 'token', value: 'whmcs-token' },
    settings: SETTINGS,
    ...more,
  });
}

function post(page: string, form: Record<string, string>, query = {}): Promise<PageReply> {
  return ask(page, { method: 'POST', form: { once: v7(), ...form }, query });
}

/** The fields of the first form on a page that does this act, as a browser would send them. */
function formOf(html: string, act: string): Record<string, string> {
  const form = html.split('<form').find((part) => part.includes(`name="act" value="${act}"`)) ?? '';
  const fields: Record<string, string> = {};
  const decode = (text = '') =>
    text
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#39;', "'")
      .replaceAll('&amp;', '&');
  for (const [tag] of form.split('</form>')[0]?.matchAll(/<input[^>]*>/g) ?? []) {
    const attribute = (name: string) => decode(tag.match(new RegExp(` ${name}="([^"]*)"`))?.[1]);
    if (!/type="(checkbox|radio)"/.test(tag) || / checked/.test(tag)) {
      fields[attribute('name')] = attribute('value');
    }
  }
  for (const [, name = '', text] of form.matchAll(
    /<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<\/textarea>/g,
  )) {
    fields[name] = decode(text);
  }
  return fields;
}

const count = async (sql: string) =>
  Number((await database.query<{ n: bigint }>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]?.n);

test('each page renders with the rights of the service alone, and nothing of the data becomes markup', async () => {
  const [decision] = await database.query<{ id: string }>(
    "SELECT id FROM mod_creditbridge_decisions WHERE outcome = 'effect' LIMIT 1",
  );
  const pages: readonly [string, object?][] = [
    ['overview'],
    ['rules'],
    ['rules/auto-apply'],
    ['rules/deposit-bonus'],
    ['rules/deposit-limits', { layer: 'group', of: '3' }],
    ['credit-settings'],
    ['decisions'],
    ['decisions', { rule: 'auto-apply', outcome: 'effect' }],
    [`decisions/${decision?.id}`],
    ['commands'],
    ['commands', { state: 'unknown' }],
    ['commands', { state: 'done', client: '13' }],
    [`commands/${decision?.id}`],
    ['deliveries'],
    ['deliveries', { outcome: 'refused' }],
    [`deliveries/${seeded.refusedId}`],
    ['invoice', { id: '909' }],
  ];
  for (const [page, query = {}] of pages) {
    const reply = await ask(page, { query: query as Record<string, string> });
    expect([page, reply.status, pageReply.safeParse(reply).success]).toEqual([page, 200, true]);
    expect(
      reply.html.match(/<(script|style)(?![^>]* src=)[^>]*>|<[^>]* (style|on\w+)=/gi),
      page,
    ).toBeNull();
    expect(reply.html, page).not.toContain('<b>VIP');
    expect(reply.html.length, page).toBeLessThan(200_000);
  }
});

test('the overview says what is wrong, what to do, and what happened today', async () => {
  const { html } = await ask('overview');
  expect(html).toContain('One thing is wrong');
  expect(html).toContain('Paused after repeated faults: deposit-bonus.');
  expect(html).toContain('<strong>$25.00 USD</strong><small>1 invoice</small>');
  expect(html).toContain('<strong>$4.00 USD</strong><small>1 grant</small>');
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(html).toContain('page=client/18');
});

test('of the daily run is left what was planned since it began, not what waits from another day', async () => {
  const left = async () => /<dt>Left<\/dt><dd>(\d+)/.exec((await ask('overview')).html)?.[1];
  const before = Number(await left());
  const wait = async (hours: number) => {
    const id = v7({ msecs: Date.now() - hours * 3_600_000 });
    await database.query(
      `INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, state, created_at)
       VALUES (?, ?, 13, 'AddCredit', '{}', '{}', '', 'open', UTC_TIMESTAMP(6) - INTERVAL ? HOUR)`,
      [id, `test:${id}`, hours],
    );
    return id;
  };
  const old = await wait(30);
  expect(Number(await left())).toBe(before);
  const own = await wait(0);
  expect(Number(await left())).toBe(before + 1);
  await database.query('DELETE FROM mod_creditbridge_commands WHERE id IN (?, ?)', [old, own]);
});

test('the page of an invoice answers why this much in words', async () => {
  const { html } = await ask('invoice', { query: { id: '910' } });
  expect(html).toContain('Credit Bridge decided to put 3.00 USD on invoice #910.');
  expect(html).toContain(
    '10.00 USD was due on the invoice; the client had 4.00 USD of credit to spend.',
  );
  expect(html).toContain('1.00 USD is kept in reserve.');
  expect(html).toContain('The invoice is Paid now, not Unpaid.');
  expect(html).toContain('invoices.php?action=edit&amp;id=910');
});

test('a page, row or layer that is not there is not found', async () => {
  for (const [page, query] of [
    ['nothing', {}],
    ['decisions/none', {}],
    ['commands/none', {}],
    ['deliveries/none', {}],
    ['rules/none', {}],
    ['rules/auto-apply', { layer: 'client', of: 'x' }],
    ['invoice', { id: '4711' }],
    ['invoice', {}],
  ] as const) {
    expect([page, (await ask(page, { query })).status]).toEqual([page, 404]);
  }
});

test('without the rights to it there is no ledger, and nothing can be changed', async () => {
  permissions = ['View Credit Log'];
  expect((await ask('decisions')).status).toBe(200);
  expect((await ask('rules')).html).not.toContain('<form');
  expect((await post('rules/auto-apply', { act: 'set-mode', mode: 'on' })).status).toBe(403);
  permissions = ['Manage Invoice'];
  for (const page of ['decisions', 'commands', 'deliveries', 'invoice']) {
    const { status, html } = await ask(page, { query: { id: '909' } });
    expect([page, status]).toEqual([page, 403]);
    expect(html).toContain('View Credit Log');
  }
  expect((await ask('overview')).html).not.toContain('invoice #909');
  expect(await count("mod_creditbridge_rule_settings WHERE rule NOT LIKE 'operations/%'")).toBe(0);
  expect(await count('mod_creditbridge_audit')).toBe(0);
});

test('a rule is turned on once, however often the form is sent', async () => {
  const { html } = await ask('rules');
  const form: Record<string, string> = { ...formOf(html, 'set-mode'), mode: 'observe' };
  expect(form['token']).toBe('whmcs-token');

  const replies = await Promise.all([1, 2, 3].map(() => post('rules/auto-apply', form)));
  expect(replies.map(({ redirect }) => redirect).sort()).toEqual([
    'page=rules&said=mode',
    'page=rules&said=repeated',
    'page=rules&said=repeated',
  ]);
  expect(
    await database.query(
      "SELECT rule, layer, layer_id, mode, changed_by FROM mod_creditbridge_rule_settings WHERE rule NOT LIKE 'operations/%'",
    ),
  ).toEqual([
    {
      rule: 'auto-apply',
      layer: 'installation',
      layer_id: 0,
      mode: 'observe',
      changed_by: 'admin:1',
    },
  ]);
  expect(await count('mod_creditbridge_rule_settings_history')).toBe(1);
  expect(await count("mod_creditbridge_audit WHERE actor = 'admin:1' AND act = 'rule-mode'")).toBe(
    1,
  );
  expect((await ask('rules', { query: { said: 'repeated' } })).html).toContain(
    'This form was sent before. It was carried out once and was not repeated.',
  );
  expect((await ask('rules')).html).toMatch(/value="observe"[^>]*aria-pressed="true"/);
});

test('a form without a token of ours, or with an old one, does nothing', async () => {
  const before = await count('mod_creditbridge_audit');
  for (const once of ['', 'x', v7({ msecs: Date.now() - 25 * 3_600_000 })]) {
    const { status, html } = await post('rules/auto-apply', { act: 'set-mode', mode: 'off', once });
    expect(status).toBe(400);
    expect(html).toContain('Nothing was done');
  }
  expect((await post('rules/auto-apply', { act: 'drop-everything' })).status).toBe(400);
  expect((await ask('rules', { form: { act: 'set-mode', mode: 'off', once: v7() } })).status).toBe(
    200,
  );
  expect(await count('mod_creditbridge_audit')).toBe(before);
});

test('a rule that needs settings first is not turned on', async () => {
  const { status, html } = await post('rules/deposit-bonus', { act: 'set-mode', mode: 'on' });
  expect(status).toBe(422);
  expect(html).toContain(
    'Not changed. This rule needs settings first: fill in “Tiers” below, choose the mode there and save.',
  );
  expect(await count("mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'")).toBe(0);
});

test('settings with mistakes come back with all that was typed, then are saved with who, when and why', async () => {
  const { html } = await ask('rules/deposit-bonus');
  const typed = {
    ...formOf(html, 'save'),
    mode: 'on',
    reason: 'Spring <offer>',
    's/tiers/0/from/1': '50',
    's/tiers/0/percent': 'ten',
    's/tiers/0/fixed/1': '',
    's/periodDays': '900',
  };
  const bad = await post('rules/deposit-bonus', { ...typed, once: v7() });
  expect(bad.status).toBe(422);
  expect(bad.html).toContain('“ten” is not a number like 12.5.');
  expect(bad.html).toContain('value="ten"');
  expect(bad.html).toContain('value="Spring &lt;offer&gt;"');
  expect(formOf(bad.html, 'save')).toMatchObject({
    mode: 'on',
    's/tiers/0/from/1': '50',
    's/periodDays': '900',
  });

  const stillBad = await post('rules/deposit-bonus', {
    ...formOf(bad.html, 'save'),
    's/tiers/0/percent': '10',
  });
  expect(stillBad.status).toBe(422);
  expect(stillBad.html).toMatch(/id="s\/periodDays\/fault"/);

  const uncapped = await post('rules/deposit-bonus', {
    ...formOf(stillBad.html, 'save'),
    's/periodDays': '30',
  });
  expect(uncapped.status).toBe(422);
  expect(uncapped.html).toContain('Nothing caps what this rule may give one client in a period');
  const form = { ...formOf(uncapped.html, 'save'), 'without-cap': 'on' };
  // A percentage without a cap may give anything, so another admin has to agree, who sees what changes.
  expect((await post('rules/deposit-bonus', form)).redirect).toBe('page=approvals&said=rule-waits');
  const { html: waiting } = await ask('approvals');
  expect(waiting).toMatch(
    /Set the rule <a [^>]*>Bonus on deposits<\/a> to “on”, with its settings, for everyone/,
  );
  expect(waiting).toContain('Nothing then caps what it may give one client in a period.');
  expect(waiting).toContain('Mode: – → on');
  const { id } = (await listApprovals(parts.db, { pending: true }, undefined, 1)).rows[0] ?? {};
  const second = { actor: { kind: 'admin', adminId: 2 }, reason: '', at: new Date() } as const;
  expect((await parts.operations.approve(id ?? '', second)).outcome).toBe('approved');
  const [row] = await database.query<{ settings: string; mode: string; reason: string }>(
    "SELECT settings, mode, reason FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-bonus'",
  );
  expect({ ...row, settings: JSON.parse(row?.settings ?? '') }).toEqual({
    mode: 'on',
    reason: 'Spring <offer>',
    settings: {
      tiers: [{ from: { '1': '50.00' }, fixed: {}, percent: '10', gateways: [] }],
      onlyFirst: false,
      capPerDeposit: {},
      capPerPeriod: {},
      period: 'calendar-month',
      periodDays: 30,
      description: 'Deposit bonus',
      followsRefund: true,
      takesUsedBonus: true,
    },
  });
  expect((await ask('rules/deposit-bonus')).html).toContain('“Spring &lt;offer&gt;”');
});

test('two admins do not overwrite each other unseen, and a form that stood open too long loses nothing', async () => {
  const form = formOf((await ask('rules/deposit-bonus')).html, 'save');
  expect((await post('rules/deposit-bonus', { ...form, once: v7() })).redirect).toContain('saved');
  const late = await post('rules/deposit-bonus', { ...form, once: v7(), reason: 'mine' });
  expect(late.status).toBe(422);
  expect(late.html).toContain('somebody changed these settings meanwhile');
  const old = await post('rules/deposit-bonus', {
    ...formOf(late.html, 'save'),
    once: v7({ msecs: Date.now() - 25 * 3_600_000 }),
  });
  expect([old.status, old.html.includes('value="mine"')]).toEqual([422, true]);
  expect((await post('rules/deposit-bonus', formOf(old.html, 'save'))).redirect).toContain('saved');
});

test('a client gets settings of its own for what differs, and loses them again', async () => {
  const address = { layer: 'client', of: '13' };
  const { html } = await ask('rules/auto-apply', { query: address });
  const form = { ...formOf(html, 'save'), mode: 'on', 'own/reserve': 'on', 's/reserve/1': '5' };
  expect((await post('rules/auto-apply', form, address)).redirect).toBe(
    'page=rules/auto-apply&layer=client&of=13&said=saved',
  );
  const layers = () =>
    database.query(
      "SELECT mode, settings FROM mod_creditbridge_rule_settings WHERE layer = 'client' AND layer_id = 13",
    );
  expect(await layers()).toEqual([{ mode: 'on', settings: '{"reserve":{"1":"5.00"}}' }]);
  expect((await ask('rules/auto-apply')).html).toContain('Client #13');

  const removal = formOf((await ask('rules/auto-apply')).html, 'remove-layer');
  expect((await post('rules/auto-apply', removal, address)).redirect).toBe(
    'page=rules/auto-apply&said=removed',
  );
  expect(await layers()).toEqual([]);
  expect(
    await database.query(
      "SELECT mode FROM mod_creditbridge_rule_settings_history WHERE layer = 'client' ORDER BY version",
    ),
  ).toEqual([{ mode: 'on' }, { mode: 'removed' }]);
});

test('every saving is a new version of the settings, which the receiver looks at', async () => {
  const version = async () =>
    Number(
      (
        await database.query<{ value: string }>(
          "SELECT value FROM mod_creditbridge_state WHERE name = 'settings-version'",
        )
      )[0]?.value,
    );
  const before = await version();
  await post('rules/auto-apply', { act: 'set-mode', mode: 'on' });
  expect(await version()).toBe(before + 1);
});

test('limits for deposits are proposed to WHMCS too, as far as they differ', async () => {
  const { html } = await ask('rules/deposit-limits');
  const form = {
    ...formOf(html, 'save'),
    mode: 'on',
    's/minimum/1': '20',
    's/minimum/2': '20',
    's/minimum/3': '2000',
    's/maximum/1': '500',
    's/maximum/2': '460',
    's/maximum/3': '75000',
  };
  permissions = ['Manage Credits'];
  const { html: refused } = await post('rules/deposit-limits', form);
  expect(refused).toContain('Nothing was changed. WHMCS’s own settings would follow');
  expect(refused).toContain('Manage Credits and Configure General Settings');
  const saved = "SELECT mode FROM mod_creditbridge_rule_settings WHERE rule = 'deposit-limits'";
  expect(await database.query(saved)).toEqual([]);

  permissions = MANAGE;
  expect((await post('rules/deposit-limits', form)).redirect).toBe(
    'page=rules/deposit-limits&said=saved-limits',
  );
  // 2000 JPY at 150 are 13.33 USD: the widest; 500.00 stands in WHMCS already.
  expect(
    await database.query(
      "SELECT client_id, parameters, state FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue'",
    ),
  ).toEqual([
    { client_id: 0, parameters: '{"setting":"AddFundsMinimum","value":"13.33"}', state: 'open' },
  ]);
});

test('a group with wider limits widens the outer ones, and narrower ones do not narrow them', async () => {
  const address = { layer: 'group', of: '3' };
  const parametersAfter = async (minimum: readonly [string, string, string]) => {
    await database.query(
      "DELETE FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue'",
    );
    const form = formOf((await ask('rules/deposit-limits', { query: address })).html, 'save');
    const [usd, eur, jpy] = minimum;
    const typed = { 's/minimum/1': usd, 's/minimum/2': eur, 's/minimum/3': jpy };
    await post(
      'rules/deposit-limits',
      { ...form, mode: 'on', 'own/minimum': 'on', ...typed },
      address,
    );
    const rows = await database.query<{ parameters: string }>(
      "SELECT parameters FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue'",
    );
    return rows.map(({ parameters }) => JSON.parse(parameters));
  };
  expect(await parametersAfter(['5', '5', '500'])).toEqual([
    { setting: 'AddFundsMinimum', value: '3.33' },
  ]);
  expect(await parametersAfter(['90', '90', '90000'])).toEqual([
    { setting: 'AddFundsMinimum', value: '13.33' },
  ]);
  // Without an amount in one currency somebody has no limit of ours, and WHMCS's own stays as it is.
  expect(await parametersAfter(['5', '5', ''])).toEqual([]);
});

test('WHMCS is asked to set what differs of its own settings, the inverted one rightly', async () => {
  await database.query(
    "DELETE FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue'",
  );
  const { html } = await ask('credit-settings');
  const form = formOf(html, 'save-credit-settings');
  expect(form['whmcs-NoAutoApplyCredit']).toBeUndefined();
  expect((await post('credit-settings', { ...form, once: v7() })).redirect).toContain(
    'said=unchanged',
  );

  const { 'whmcs-AddFundsEnabled': _, ...changed } = form;
  const reply = await post('credit-settings', {
    ...changed,
    once: v7(),
    'whmcs-NoAutoApplyCredit': 'on',
    'whmcs-AddFundsMaximum': '600',
  });
  expect(reply.redirect).toBe('page=credit-settings&said=settings');
  expect(reply.waiting).toBeGreaterThanOrEqual(3);
  const rows = await database.query<{ parameters: string }>(
    "SELECT parameters FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue'",
  );
  expect(
    rows
      .map(({ parameters }) => JSON.parse(parameters))
      .sort((a, b) => (a.setting < b.setting ? -1 : 1)),
  ).toEqual([
    { setting: 'AddFundsEnabled', value: '' },
    { setting: 'AddFundsMaximum', value: '600.00' },
    { setting: 'NoAutoApplyCredit', value: '' },
  ]);
  expect((await ask('credit-settings')).html).toContain('Set NoAutoApplyCredit to off');

  const bad = await post('credit-settings', {
    ...form,
    once: v7(),
    'whmcs-AddFundsMinimum': 'ten',
  });
  expect([bad.status, bad.html.includes('value="ten"')]).toEqual([422, true]);
});

test('a notice about one client is read with View Credit Log only', async () => {
  const { status, html } = await ask('overview', {
    viewer: { kind: 'admin', adminId: 3, permissions: [] },
  });
  expect(status).toBe(200);
  expect(html).toContain('needs the permission <em>View Credit Log</em>');
  expect(html).not.toContain('$500.00 USD');
  expect((await ask('overview')).html).toContain('$500.00 USD');
});

test('a notice is acknowledged, a paused rule resumed', async () => {
  const { html } = await ask('overview');
  expect((await post('overview', formOf(html, 'acknowledge-notice'))).redirect).toContain(
    'said=acknowledged',
  );
  expect(await database.query('SELECT seen_by FROM mod_creditbridge_notices')).toEqual([
    { seen_by: 'admin:1' },
  ]);
  expect((await ask('overview')).html).not.toContain('Acknowledge');

  const resume = formOf((await ask('rules')).html, 'resume');
  expect((await post('rules/deposit-bonus', resume)).redirect).toBe('page=rules&said=resumed');
  expect((await ask('rules')).html).not.toContain('Paused');
});

test('a refused delivery is replayed once and says what came of it', async () => {
  const page = `deliveries/${seeded.refusedId}`;
  const form = formOf((await ask(page)).html, 'replay');
  const first = await post(page, form);
  const second = await post(page, form);
  expect(first.redirect).toBe(`page=${page}&said=not-replayed`);
  expect(second.redirect).toBe(`page=${page}&said=repeated`);
  expect(await count("mod_creditbridge_audit WHERE act = 'delivery-replay'")).toBe(1);
});

test('a client sees the balance, what it was used for and what is on its way', async () => {
  const viewer = {
    kind: 'client',
    clientId: 13,
    userId: 13,
    permissions: ['invoices'],
    masqueradingAdminId: null,
  } as const;
  const { status, html } = await ask('overview', {
    viewer: { ...viewer, permissions: ['invoices'] },
    base: 'index.php?m=creditbridge',
  });
  expect(status).toBe(200);
  expect(html).toContain('<strong>$40.00 USD</strong>');
  expect(html).toContain('Used for <a href="viewinvoice.php?id=909">invoice #909</a>');
  expect(html).toContain('Deposit bonus · <a href="viewinvoice.php?id=');
  expect(html).not.toContain('auto-apply');

  const asSeven = () =>
    ask('overview', { viewer: { ...viewer, clientId: 7, permissions: ['invoices'] } });
  expect((await asSeven()).html).toContain('Being checked');
  await database.query(
    "UPDATE mod_creditbridge_commands SET state = 'open' WHERE client_id = 7 AND state = 'unknown'",
  );
  const pending = await asSeven();
  expect(pending.html).toContain('On its way');
  expect(pending.html).toContain('$10.00 USD of it is about to be used');

  const empty = await ask('overview', {
    viewer: { ...viewer, clientId: 22, permissions: ['invoices'] },
  });
  expect(empty.html).toContain('Nothing yet');
  expect(empty.html).toContain('¥0');

  expect((await ask('overview', { viewer: { ...viewer, permissions: ['tickets'] } })).status).toBe(
    403,
  );
  const sly = await ask('rules/auto-apply', {
    viewer: { ...viewer, permissions: ['invoices', 'Manage Credits'] },
    method: 'POST',
    form: { act: 'set-mode', mode: 'off', once: v7() },
  });
  expect(sly.html).not.toContain('cb-tabs');
  expect((await ask('rules')).html).toMatch(/value="on"[^>]*aria-pressed="true"/);
});

test('on WHMCS 9 the page of an invoice tells money from notes, and links each note', async () => {
  await becomeNine(database);
  await lookAtNotes(parts.db);
  const before = await ask('invoice', { query: { id: '909' } });
  expect(before.html).toMatch(/Paid in money<\/dt>\s*<dd>Not known before the rights/);
  await grantAgain(database);
  await lookAtNotes(parts.db);
  const [client] = await database.query<{ id: number }>(
    'SELECT userid AS id FROM tblinvoices WHERE id = 909',
  );
  const whose = { client: client?.id ?? 0, invoice: 909 };
  await addPayment(database.root, { ...whose, amountIn: '2.00' });
  const note = await addNote(database.root, { ...whose, amountIn: '1.50' });
  const { html } = await ask('invoice', { query: { id: '909' } });
  expect(html).toContain(
    `<a href="billing/billingnote/credit/${note}">credit note #${note}</a> <span class="cb-money">$1.50 USD</span>`,
  );
  expect(html).toMatch(/Paid in money<\/dt>\s*<dd><span class="cb-money">\$2\.00 USD/);
});
