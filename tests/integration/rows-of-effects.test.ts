import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { gift } from '../support/gift.ts';
import { type Installation, startInstallation } from '../support/installation.ts';
import { balanceOf, grantsOf } from '../support/look-at-credit.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { saveRule } from '../support/save-rule.ts';
import { settleLedger, waitForLedger } from '../support/settle-ledger.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// What a provider's rule parks, releases, reserves and freezes, from the hook to what Explain says of it.

const ADA = { kind: 'admin', adminId: 1 } as const;
const LIMIT_MS = 20_000;

let installation: Installation;
let parts: Parts;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: { CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/asks-effects') },
  });
  parts = await createParts(
    { databaseUrl: installation.service.databaseUrl, rules: [], ruleTimeoutMs: 1000 },
    { log: createLogger('silent'), now: Date.now },
  );
  await saveRule(installation.standIn, 'asks-effects', { mode: 'on', inputs: {} });
  // The next call brings the new list of hooks to the addon.
  await installation.work();
  await waitForLedger(installation);
});

afterEach(async () => {
  await expectCoherentLedger(installation.database);
  await expectNoPhpFaults(installation.database);
});

afterAll(async () => {
  await parts?.close();
  await installation?.stop();
});

test('a rule releases before its day what it parked: it comes back once, as it was, and Explain tells both', async () => {
  const client = await clientWithGift();
  await ask(client, 'park');
  await untilParkings(client, ['parked 2000']);
  expect(await balanceOf(installation.database, client)).toBe('30.00');
  expect(await explained(client)).toContain('20.00 USD is parked');

  await ask(client, 'release');
  await untilParkings(client, ['given-back 2000']);
  await ask(client, 'release');
  await settleLedger(installation);
  await parts.operations.lookAfterParkings(new Date());
  await settleLedger(installation);
  expect(await balanceOf(installation.database, client)).toBe('50.00');
  expect(await grantsOf(installation.database, client)).toMatchObject([
    { kind: 'promotional', remaining: 5000, expiresOn: '2099-12-31' },
  ]);
  const text = await explained(client);
  expect(text).not.toContain('is parked');
  expect(text).toContain('$20.00 USD was parked until somebody decides about it');
  const [, entry] = /\$20\.00 USD came back after it was parked \(entry (\d+)\)/.exec(text) ?? [];
  expect(await installation.service.cli('explain', 'entry', String(entry))).toContain(
    'It was asked.',
  );
});

test('what is parked of a frozen client is released only when the freeze is over', async () => {
  const client = await clientWithGift();
  await ask(client, 'park');
  await untilParkings(client, ['parked 2000']);
  await ask(client, 'freeze');
  await ask(client, 'release');
  await parts.operations.lookAfterParkings(new Date());
  await settleLedger(installation);
  expect(await balanceOf(installation.database, client)).toBe('30.00');
  expect(await explained(client)).toContain('The client is frozen: A test.');

  await parts.operations.unfreeze(client, { actor: ADA, reason: 'Cleared.', at: new Date() });
  await ask(client, 'release');
  await untilParkings(client, ['given-back 2000']);
  expect(await balanceOf(installation.database, client)).toBe('50.00');
});

test('Explain says what a rule reserves, for what and how long', async () => {
  const client = await clientWithGift();
  await ask(client, 'reserve');
  expect(await explained(client)).toContain(
    '30.00 USD is reserved for a test until 1 January 2039 by the rule asks-effects: our rules spend it on nothing else.',
  );
});

/** A client with 50.00, promotional until 2099. */
async function clientWithGift(): Promise<number> {
  const client = await addClient(installation.database.root);
  await parts.operations.propose(gift(client, '50.00'), {
    actor: ADA,
    reason: 'A gift',
    at: new Date(),
  });
  await settleLedger(installation);
  return client;
}

/** Fires the rule's hook in WHMCS, and lets everything that follows happen. */
async function ask(client: number, effect: string): Promise<void> {
  const { standIn, work } = installation;
  await writeFile(
    join(standIn.root, 'ask.php'),
    `<?php require __DIR__ . '/init.php'; run_hook('TestAsks', ['clientid' => ${client}, 'invoiceid' => 0, 'effect' => '${effect}']);`,
  );
  expect(await standIn.php('ask.php')).toMatchObject({ code: 0 });
  await work();
}

/** The service looks after parked credit each minute, and WHMCS does what it asks. */
async function untilParkings(client: number, wanted: readonly string[]): Promise<void> {
  await expect
    .poll(
      async () => {
        await parts.operations.lookAfterParkings(new Date());
        await settleLedger(installation);
        const rows = await installation.database.query<{ state: string; amount: number }>(
          'SELECT state, amount_hundredths AS amount FROM mod_creditbridge_parkings WHERE client_id = ?',
          [client],
        );
        return rows.map(({ state, amount }) => `${state} ${amount}`);
      },
      { timeout: LIMIT_MS, interval: 200 },
    )
    .toEqual(wanted);
}

async function explained(client: number): Promise<string> {
  return await installation.service.cli('explain', 'client', String(client));
}
