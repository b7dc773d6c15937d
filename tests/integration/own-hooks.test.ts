import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { fireHook } from '../support/fire-hook.ts';
import { startInstallation } from '../support/installation.ts';
import { addonPath, saveRule } from '../support/save-rule.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// A provider's rule listens to hooks that Credit Bridge does not know (docs/writing-rules.md, "Hooks that we do not know").

const installation = await startInstallation(testDatabaseServer(), {
  serviceEnv: { CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/own-hook') },
});
const { database, standIn, work } = installation;
afterAll(() => installation.stop());

const CLARA = 3;

async function rulePage(): Promise<string> {
  const admin = await visitAsAdmin(standIn, 'admin');
  return (await admin.get(addonPath('rules/support-plan'))).body;
}

test('a rule gets the fields it names, finds the client by the field it names, and decides', async () => {
  await saveRule(standIn, 'support-plan', { mode: 'on', inputs: {} });
  // The next call brings the new list of hooks to the addon.
  await work();
  await fireHook(installation, 'SupportPlanBought', {
    planid: 7,
    owner: CLARA,
    gift: '12.50',
    note: 'private',
  });
  const [decision] = await database.query(
    `SELECT client_id, outcome, amount_hundredths, reason FROM mod_creditbridge_decisions
     WHERE rule = 'support-plan'`,
  );
  expect(decision).toMatchObject({
    client_id: CLARA,
    outcome: 'effect',
    amount_hundredths: 1250,
    reason: expect.stringContaining('Client 3 bought plan 7.'),
  });
  const [delivery] = await database.query<{ item: string }>(
    `SELECT item FROM mod_creditbridge_deliveries WHERE type = 'SupportPlanBought'`,
  );
  expect(JSON.parse(delivery?.item ?? '').data).toEqual({
    planid: '7',
    owner: String(CLARA),
    gift: '12.50',
  });
  expect(await rulePage()).not.toContain('without naming a client');
});

test('a hook that names no client is taken, and its delivery and the rule’s page say that no rule was asked', async () => {
  await fireHook(installation, 'SupportPlanEnded', { planid: 7 });
  const [delivery] = await database.query(
    `SELECT outcome, message FROM mod_creditbridge_deliveries WHERE type = 'SupportPlanEnded'`,
  );
  expect(delivery).toEqual({
    outcome: 'accepted',
    message: 'It names no client whom WHMCS has, so no rule was asked.',
  });
  expect(await rulePage()).toContain(
    'The hook SupportPlanEnded came once lately without naming a client whom WHMCS has, so this rule was not asked.',
  );
});
