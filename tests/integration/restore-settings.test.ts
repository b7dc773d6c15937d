import { v7 } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import type { PageReply, PageRequest } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { inTransaction } from '../../src/db/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { healthySnapshot, seedPages } from '../support/seed-pages.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// An earlier version of a rule's settings is saved again, with the checks of every change.

const NOW = new Date();
const database = await createServiceDatabase(testDatabaseServer(), { seed: true, whmcs: '8.13' });
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
await seedPages(database, parts.db, parts.engine, NOW);
afterAll(async () => {
  await parts.close();
  await database.drop();
});

const SETTINGS = healthySnapshot(NOW).settings;
const PAGE = 'rules/auto-apply';

function ask(more: Partial<PageRequest> = {}): Promise<PageReply> {
  return parts.pages.render({
    protocol: 1,
    to: 'POST /v1/page',
    installation: database.installation,
    viewer: {
      kind: 'admin',
      adminId: 1,
      permissions: ['Manage Credits', 'Configure General Settings'],
    },
    method: 'GET',
    page: PAGE,
    query: {},
    form: {},
    base: 'addonmodules.php?module=creditbridge',
    assets: '/modules/addons/creditbridge/assets',
    token: { name: 'token', value: 'whmcs-token' },
    settings: SETTINGS,
    ...more,
  });
}

function post(form: Record<string, string>): Promise<PageReply> {
  return ask({ method: 'POST', form: { once: v7(), ...form } });
}

interface Row {
  readonly version: number;
  readonly mode: string;
  readonly settings: string;
  readonly reason: string;
  readonly by: string;
}

function versions(): Promise<readonly Row[]> {
  return database.query<Row>(
    `SELECT version, mode, settings, reason, changed_by AS \`by\` FROM mod_creditbridge_rule_settings_history
     WHERE rule = 'auto-apply' AND layer = 'installation' ORDER BY version DESC`,
  );
}

async function turn(mode: 'observe' | 'on'): Promise<void> {
  const reply = await post({ act: 'set-mode', mode });
  expect(reply.status, reply.html).toBe(303);
}

test('an earlier version is restored as a new one, which says who did it and which it was; the history keeps all', async () => {
  await turn('observe');
  await turn('on');
  const [newer, older] = await versions();
  const page = await ask();
  expect(page.html).toContain(`Restore version ${older?.version}`);
  // What applies now needs no way back to it.
  expect(page.html).not.toContain(`Restore version ${newer?.version}`);

  const reply = await post({
    act: 'restore',
    version: String(older?.version),
    seen: String(newer?.version),
  });
  expect(reply.redirect).toContain('said=restored');
  const [restored, ...before] = await versions();
  expect(restored).toMatchObject({
    mode: 'observe',
    settings: older?.settings,
    reason: `Version ${older?.version} restored`,
    by: 'admin:1',
  });
  expect(before[0]).toEqual(newer);
});

test('a version is not restored over what somebody else saved meanwhile, and one that never was is not there', async () => {
  const [newest, older] = await versions();
  const late = await post({ act: 'restore', version: String(older?.version), seen: '1' });
  expect(late.status).toBe(422);
  expect(late.html).toContain('somebody changed these settings meanwhile');
  const absent = await post({ act: 'restore', version: '4711', seen: String(newest?.version) });
  expect(absent.status).toBe(404);
  expect((await versions())[0]).toEqual(newest);
});

/** What each version of the page's history shows: `Version 3: Mode observe → on`. */
function differences(html: string): readonly string[] {
  const items = html.split('<ol class="cb-history">')[1]?.split('<li><header>').slice(1) ?? [];
  return items.map((item) => {
    const [, number] = /Version (\d+)/.exec(item) ?? [];
    const changed = [
      ...item.matchAll(/<span>([^<]*)<\/span> <del>([^<]*)<\/del> <ins>([^<]*)<\/ins>/g),
    ].map(([, title, from, to]) => `${title} ${from} → ${to}`);
    const says = /<p class="cb-quiet">(Nothing|The others)[^<]*/.exec(item)?.[0] ?? '';
    return `Version ${number}: ${[...changed, says.replace(/<[^>]*>/, '')].filter(Boolean).join(', ')}`;
  });
}

test('each version is compared with the one before, or with any that is named; one that never was is said', async () => {
  const asIs = differences((await ask()).html);
  expect(asIs.slice(0, 2)).toEqual([
    'Version 3: Mode on → observe',
    'Version 2: Mode observe → on',
  ]);
  const against = await ask({ query: { against: '1' } });
  expect(differences(against.html)).toEqual([
    'Version 3: Nothing differs from version 1.',
    'Version 2: Mode observe → on',
    'Version 1: The others are compared with this one.',
  ]);
  const absent = await ask({ query: { against: '4711' } });
  expect(absent.html).toContain('There is no version 4711 of these settings.');
  expect(differences(absent.html)).toEqual(asIs);
});

test('a version by which the rule may give more than one admin may do alone is restored once a second one agrees', async () => {
  const rule = 'deposit-bonus';
  const bonus = async (mode: 'on' | 'observe', cap: string) => {
    const [row] = await database.query<{ version: number }>(
      "SELECT version FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = 'installation'",
      [rule],
    );
    return ask({
      method: 'POST',
      page: `rules/${rule}`,
      form: {
        once: v7(),
        act: 'save',
        mode,
        version: String(row?.version ?? 0),
        's/tiers/0/from/1': '10.00',
        's/tiers/0/percent': '10',
        's/capPerPeriod/1': cap,
        's/period': 'calendar-month',
        's/periodDays': '30',
        's/description': 'Thank you',
        reason: '',
      },
    });
  };
  const capNow = async () => {
    const [row] = await database.query<{ settings: string; version: number }>(
      "SELECT settings, version FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = 'installation'",
      [rule],
    );
    return {
      version: row?.version ?? 0,
      cap: JSON.parse(row?.settings ?? '{}').capPerPeriod?.['1'],
    };
  };
  // The loose version was agreed to once; to observe needs nobody.
  expect((await bonus('on', '4000.00')).redirect).toContain('said=rule-waits');
  const agree = async () => {
    const [waiting] = await database.query<{ id: string }>(
      "SELECT id FROM mod_creditbridge_approvals WHERE state = 'pending'",
    );
    const viewer = {
      kind: 'admin' as const,
      adminId: 2,
      permissions: ['Manage Credits', 'Configure General Settings'],
    };
    return ask({
      viewer,
      method: 'POST',
      page: 'approvals',
      form: { once: v7(), act: 'approve-proposal', id: waiting?.id ?? '' },
    });
  };
  expect((await agree()).redirect).toContain('said=approved');
  const loose = await capNow();
  expect(loose.cap).toBe('4000.00');
  expect((await bonus('observe', '5.00')).redirect).toContain('said=saved');
  const tight = await capNow();

  const restore = await ask({
    method: 'POST',
    page: `rules/${rule}`,
    form: {
      once: v7(),
      act: 'restore',
      version: String(loose.version),
      seen: String(tight.version),
    },
  });
  expect(restore.redirect).toContain('said=rule-waits');
  expect(await capNow()).toEqual(tight);
  expect((await agree()).redirect).toContain('said=approved');
  expect((await capNow()).cap).toBe('4000.00');
});

const RULE_SETTINGS =
  "SELECT version, mode FROM mod_creditbridge_rule_settings WHERE rule = ? AND layer = 'installation'";

/** Saves a version behind everybody's back. */
async function saved(rule: string, mode: 'off' | 'on', settings: object): Promise<string> {
  await inTransaction(parts.db, (trx) =>
    saveSettingsLayer(trx, {
      rule,
      layer: 'installation',
      layerId: 0,
      mode,
      settings: { ...settings },
      by: 'admin:1',
      reason: '',
      at: new Date(),
    }),
  );
  const [row] = await database.query<{ version: number }>(RULE_SETTINGS, [rule]);
  return String(row?.version);
}

test('a version without a cap is restored with the box that says that this is meant; the box stands beside that version alone', async () => {
  const page = 'rules/deposit-bonus';
  const settings = { tiers: [{ from: { 1: '10.00' }, percent: '10' }] };
  const [open, seen] = [
    await saved('deposit-bonus', 'on', settings),
    await saved('deposit-bonus', 'off', settings),
  ];
  const restore = (more: object = {}) =>
    ask({
      page,
      method: 'POST',
      form: { once: v7(), act: 'restore', version: open, seen, ...more },
    });
  const asked = await restore();
  expect(asked.status).toBe(422);
  expect(asked.html).toContain(`Version ${open} turns the rule on, and nothing caps`);
  const [form, ...versions] = asked.html.split('<li><header>');
  expect(form).not.toContain('name="without-cap"');
  const boxes = versions.map((one) => [
    /Version (\d+)/.exec(one)?.[1],
    one.includes('name="without-cap"'),
  ]);
  expect(boxes.filter(([, has]) => has)).toEqual([[open, true]]);

  const meant = await restore({ 'without-cap': 'on' });
  expect(meant.redirect).toContain('said=rule-waits');
  const [now] = await database.query<{ mode: string }>(RULE_SETTINGS, ['deposit-bonus']);
  expect(now?.mode).toBe('off');

  // By one click it is not turned on either; the form then has the mode that was meant, and the box.
  const turned = await ask({
    page,
    method: 'POST',
    form: { once: v7(), act: 'set-mode', mode: 'on' },
  });
  expect(turned.status).toBe(422);
  expect(turned.html).toContain('name="mode" value="on" checked');
  expect(turned.html.split('<li><header>')[0]).toContain('name="without-cap"');
});

test('WHMCS’s own limits follow a restored version, by an admin who may set them; another is told which they are', async () => {
  const page = 'rules/deposit-limits';
  const limits = (most: string) => ({ maximum: { 1: most, 2: most, 3: most, 4: most } });
  const [older, seen] = [
    await saved('deposit-limits', 'on', limits('400.00')),
    await saved('deposit-limits', 'on', limits('900.00')),
  ];
  const restore = (permissions: string[]) =>
    ask({
      page,
      viewer: { kind: 'admin', adminId: 1, permissions },
      method: 'POST',
      form: { once: v7(), act: 'restore', version: older, seen },
    });
  const refused = await restore(['Manage Credits']);
  expect(refused.status).toBe(422);
  expect(refused.html).toMatch(/WHMCS’s own settings would follow \(AddFundsMaximum \d+\.\d\d\)/);
  const restored = await restore(['Manage Credits', 'Configure General Settings']);
  expect(restored.redirect).toContain('said=saved-limits');
  const [command] = await database.query<{ parameters: string }>(
    "SELECT parameters FROM mod_creditbridge_commands WHERE action = 'SetConfigurationValue' ORDER BY id DESC LIMIT 1",
  );
  expect(JSON.parse(command?.parameters ?? '{}')).toMatchObject({ setting: 'AddFundsMaximum' });
});
