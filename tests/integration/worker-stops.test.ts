import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// A worker that systemd or an operator stops while WHMCS carries out a command.

let installation: Installation;
let begun: string;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer());
  const { standIn } = installation;
  await takeOverAutomaticUse(standIn);
  await saveRule(standIn, 'auto-apply', {
    mode: 'on',
    inputs: { atCreation: 'on', coverage: 'partial', mail: 'as-is' },
  });
  begun = join(standIn.root, 'begun');
  writeFileSync(
    join(standIn.root, 'includes/hooks/slow.php'),
    `<?php
    add_hook('InvoicePaid', 1, function () {
        if (!file_exists('${begun}')) {
            touch('${begun}');
            $until = microtime(true) + 1.5;
            while (microtime(true) < $until) {
                usleep(50000);
            }
        }
    });`,
  );
});

afterAll(() => installation?.stop());

async function commands(client: number): Promise<readonly string[]> {
  const rows = await installation.database.query<{ state: string }>(
    'SELECT state FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY id',
    [client],
  );
  return rows.map(({ state }) => state);
}

test('it ends after the command at hand, which is done; the next one is left, and can start at once', async () => {
  const { database, standIn } = installation;
  const client = await addClient(database.root, { credit: '0.00' });
  await standIn.api('AddCredit', {
    clientid: String(client),
    description: 'A gift',
    amount: '12.00',
  });
  for (const _ of [1, 2]) {
    await standIn.api('CreateInvoice', {
      userid: String(client),
      status: 'Unpaid',
      duedate: '2039-01-01',
      itemdescription1: 'Web space',
      itemamount1: '6.00',
    });
  }
  const worker = installation.startWorker();
  await expect.poll(() => existsSync(begun), { timeout: 30_000, interval: 20 }).toBe(true);

  expect(await worker.stop('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  expect(await commands(client)).toEqual(['done', 'open']);
  const free =
    'SELECT 1 FROM mod_creditbridge_leases WHERE client_id = ? AND until >= UTC_TIMESTAMP(6)';
  expect(await database.query(free, [client])).toEqual([]);

  await installation.work();
  expect(await commands(client)).toEqual(['done', 'done']);
  await expectNoPhpFaults(database);
});
