import { v7 } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import type { PageReply, PageRequest } from '../../bridge/index.ts';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
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
