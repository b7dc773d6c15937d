import { afterAll, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { gift } from '../support/gift.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { addonPath, postAct } from '../support/save-rule.ts';
import { moneyChanges } from '../support/stand-in-log.ts';
import { type Visitor, visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// The service wrote commands and is gone: whether they run is up to WHMCS's own page Connection. The stand-in's triggers judge.

let installation: Installation;
let admin: Visitor;
let [frozen, other, third] = [0, 0, 0];

const newClient = () => addClient(installation.database.root);

/** Credit by hand, written as a command and not run yet. */
async function ask(clients: readonly number[]): Promise<void> {
  const parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
  for (const clientId of clients) {
    const proposed = await parts.operations.propose(gift(clientId, '5.00', null), {
      actor: { kind: 'admin', adminId: 1 },
      reason: 'Outage',
      at: new Date(),
    });
    expect(proposed.outcome).toBe('commanded');
  }
  await parts.close();
}

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  [frozen, other, third] = [await newClient(), await newClient(), await newClient()];
  admin = await visitAsAdmin(installation.standIn, 'admin');
  // Nobody rings and nobody answers from here on.
  await installation.service.stop();
  await ask([frozen, other, third]);
});
afterAll(() => installation?.stop());

const creditLog = async (client: number) =>
  (await moneyChanges(installation.database, { client, what: 'credit_log' })).map(
    ({ after }) => after,
  );
/** Every way by which WHMCS runs commands without being asked. */
async function letEverythingRun(): Promise<void> {
  await installation.work();
  await installation.standIn.runCron();
  await admin.get(addonPath('connection'));
}

test('a form of the page Connection without WHMCS’s token, as another site would send it, does nothing', async () => {
  await admin.get(addonPath('connection'));
  const page = await admin.post(addonPath('connection'), { token: 'x', act: 'freeze' });
  expect([page.status, page.body]).toEqual([400, expect.stringContaining('Invalid Token')]);
  const settings = await installation.database.query(
    'SELECT frozen FROM mod_creditbridge_settings',
  );
  expect(settings).toEqual([{ frozen: 0 }]);
});

test('without the service, the kill switch on the page Connection stops all commands', async () => {
  await postAct(admin, 'connection', 'freeze');
  await letEverythingRun();
  expect([await creditLog(frozen), await creditLog(other)]).toEqual([[], []]);
});

test('without the service, a frozen client’s commands wait while those of others are run', async () => {
  const reason = { client: String(frozen), reason: 'Chargeback' };
  await postAct(admin, 'connection', 'freeze-client', reason);
  await postAct(admin, 'connection', 'unfreeze');
  await letEverythingRun();
  expect([await creditLog(frozen), await creditLog(other), await creditLog(third)]).toEqual([
    [],
    ['5.00'],
    ['5.00'],
  ]);
});

test('without the service, what waited is done once after the thaw', async () => {
  await postAct(admin, 'connection', 'unfreeze-client', {
    client: String(frozen),
    reason: 'Settled',
  });
  await letEverythingRun();
  await letEverythingRun();
  expect(await creditLog(frozen)).toEqual(['5.00']);
});
