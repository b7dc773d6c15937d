import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, startInstallation } from '../support/installation.ts';
import { expectNoPhpFaults } from '../support/look-for-faults.ts';
import { saveRule } from '../support/save-rule.ts';
import { visitAsClient } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// What a client types at checkout stays in the checkout.

const CARD = '4111111111111111';
const CVV = '947';
const PASSWORD = 'correct horse battery staple';
/** A hook of a provider's rule, which has no list of fields of its own. */
const OWN_HOOK = 'ShoppingCartCheckoutOfAnAddon';

let installation: Installation;

beforeAll(async () => {
  installation = await startInstallation(testDatabaseServer(), {
    serviceEnv: {
      CREDITBRIDGE_LOG_LEVEL: 'trace',
      CREDITBRIDGE_RULES: join(import.meta.dirname, '../fixtures/provider'),
    },
  });
  const inputs = { atCreation: 'on', dueOffsetDays: '0', coverage: 'partial', mail: 'mail-after' };
  await saveRule(installation.standIn, 'auto-apply', { mode: 'on', inputs });
  await saveRule(installation.standIn, 'no-orders-in-arrears', { mode: 'on', inputs: {} });
  await saveRule(installation.standIn, 'hears-anything', { mode: 'on', inputs: {} });
});

afterAll(() => installation?.stop());

test('card number, security code and password of a checkout are in no table and no log', async () => {
  // Another addon hands all it was posted to a hook that a provider's rule listens to.
  writeFileSync(
    join(installation.standIn.root, 'includes/hooks/careless.php'),
    `<?php add_hook('AfterShoppingCartCheckout', 1, function (): void { run_hook('${OWN_HOOK}', $_POST); });`,
  );
  const ben = await visitAsClient(installation.standIn, 'ben@example.com');
  await ben.get('cart.php?a=checkout&pid=1&billingcycle=Monthly');
  const page = await ben.post('cart.php?a=checkout', {
    checkout: 'true',
    pid: '1',
    billingcycle: 'Monthly',
    paymentmethod: 'standincard',
    applycredit: '1',
    ccnumber: CARD,
    ccexpirydate: '12/30',
    cccvv: CVV,
    password: PASSWORD,
    'customfield[1]': CARD,
    statusType: 'a status',
  });
  expect(page.body).toContain('Thank you for your order.');
  const spooled = await installation.database.query<{ hook: string; item: string }>(
    'SELECT hook, item FROM mod_creditbridge_spool',
  );
  // The search would find what is there: both hooks were told of, with their harmless fields.
  expect(spooled.map(({ hook }) => hook)).toEqual(
    expect.arrayContaining(['AfterShoppingCartCheckout', OWN_HOOK]),
  );
  expect(await tablesWith('statusType')).toEqual(['mod_creditbridge_spool']);
  expect(await tablesHolding()).toEqual([]);
  await installation.work();
  await installation.standIn.runCron();

  expect(await tablesWith('statusType')).toEqual(['mod_creditbridge_deliveries']);
  expect(await tablesHolding()).toEqual([]);
  const log = installation.service.process().output();
  expect(log).toContain('range planned');
  for (const secret of [CARD, PASSWORD]) expect(log).not.toContain(secret);
  await expectNoPhpFaults(installation.database);
});

test('the log of the service holds neither its secrets nor its database password', async () => {
  const log = installation.service.process().output();
  const [secrets] = await installation.database.query<{ secret: string }>(
    "SELECT secret FROM mod_creditbridge_secrets WHERE direction = 'to-service'",
  );
  const clear = await installation.standIn.localApi('DecryptPassword', {
    password2: secrets?.secret,
  });
  expect(log).not.toContain(String(clear['password']).replace('whsec_', ''));
  expect(log).not.toContain(new URL(installation.service.databaseUrl).password);
  for (const file of ['apache.log', 'php.log']) {
    expect(readIfThere(join(installation.standIn.logs, file))).not.toContain(CARD);
  }
});

async function tablesHolding(): Promise<readonly string[]> {
  const found = await Promise.all([CARD, PASSWORD, `"${CVV}"`].map(tablesWith));
  return found.flat();
}

/** Tables of the whole database with this text in any column, WHMCS's own included. */
async function tablesWith(text: string): Promise<readonly string[]> {
  const columns = await installation.database.query<{ table: string; column: string }>(
    `SELECT table_name AS \`table\`, column_name AS \`column\`
     FROM information_schema.columns WHERE table_schema = DATABASE()`,
  );
  const found: string[] = [];
  for (const [name, ofTable] of Map.groupBy(columns, ({ table }) => table)) {
    const all = ofTable.map(({ column }) => `COALESCE(CONVERT(\`${column}\` USING utf8mb4), '')`);
    const rows = await installation.database.query(
      `SELECT 1 FROM \`${name}\` WHERE CONCAT_WS('|', ${all.join(', ')}) LIKE ? LIMIT 1`,
      [`%${text}%`],
    );
    if (rows.length > 0) found.push(name);
  }
  return found;
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
