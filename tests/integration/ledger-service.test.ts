import { afterAll, expect, test } from 'vitest';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { hookItem } from '../support/hook-item.ts';
import { moveCredit } from '../support/log-rows.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { stateFolder } from '../support/state-folder.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';
import { addClient, addCurrencies, addInvoice } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
await addCurrencies(database.root);
const client = await addClient(database.root);
await moveCredit(database.root, { client, amount: '50.00' });
const folder = stateFolder();
let service = await startTestService(database, { STATE_DIRECTORY: folder });
afterAll(async () => {
  await service.stop();
  await database.drop();
});

/** The service asks for the settings row once in a second. */
const soon = { timeout: 60_000, interval: 100 };

const env = () => ({
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: service.secrets.toService,
  CREDITBRIDGE_SECRET_TO_WHMCS: service.secrets.toWhmcs,
  STATE_DIRECTORY: folder,
});

async function balance(): Promise<string | undefined> {
  const [row] = await database.query<{ balance: string }>(
    `SELECT CAST(SUM(a.balance_hundredths) AS CHAR) AS balance FROM mod_creditbridge_accounts a
     JOIN mod_creditbridge_tail t ON t.epoch = a.epoch`,
  );
  return row?.balance;
}

async function metric(name: string): Promise<string | undefined> {
  const text = await (await fetch(`${service.metricsUrl}/metrics`)).text();
  return new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1];
}

const delivery = async () => {
  const invoiceid = await addInvoice(database.root, { client, total: '10.00' });
  return service.call('POST /v1/deliveries', {
    items: [hookItem('InvoiceCreated', { invoiceid })],
  });
};

const page = {
  viewer: { kind: 'admin', adminId: 1, permissions: ['Manage Credits'] },
  page: 'overview',
  query: {},
  form: {},
  base: 'addonmodules.php?module=creditbridge',
  assets: '../assets',
  token: { name: 'token', value: 'x' },
  settings: {},
};

test('adopts the credit log by itself, and follows it', async () => {
  await expect.poll(balance, soon).toBe('5000');
  await moveCredit(database.root, { client, amount: '-7.50' });
  await expect.poll(balance, soon).toBe('4250');
  await expectCoherentLedger(database);
});

test('looks at the log soon after a delivery', async () => {
  await moveCredit(database.root, { client, amount: '1.00' });
  expect(await delivery()).toMatchObject({ status: 200 });
  await expect.poll(balance, soon).toBe('4350');
});

test('says in its metrics and to doctor how far it is', async () => {
  expect(await metric('creditbridge_ledger_epoch')).toBe('1');
  expect(await metric('creditbridge_ledger_lag_rows')).toBe('0');
  expect(Number(await metric('creditbridge_ledger_lag_seconds'))).toBeLessThan(60);
  expect(await metric('creditbridge_halted')).toBe('0');
  const { out } = await runCommand(['doctor'], env());
  expect(out).toContain('Epoch 1, adopted ');
  expect(out).toContain(`${folder} can be written.`);
});

test('adopt reads what is new, or says who is at it', async () => {
  const busy = await runCommand(['adopt'], env());
  expect(busy).toMatchObject({ code: 1 });
  expect(busy.out).toContain('Another process is at it');
  await service.stop();
  await moveCredit(database.root, { client, amount: '1.00' });
  const alone = await runCommand(['adopt'], env());
  expect(alone).toMatchObject({ code: 0, out: 'The ledger has every row of the credit log.' });
  expect(await balance()).toBe('4450');
  service = await startTestService(database, { STATE_DIRECTORY: folder });
});

test('decides nothing while the database is taken for put back, and the shim keeps what it has', async () => {
  await database.query('UPDATE mod_creditbridge_tail SET rounds = 1');
  await expect.poll(() => metric('creditbridge_halted'), soon).toBe('1');
  await expect
    .poll(delivery, soon)
    .toMatchObject({ status: 503, signed: true, body: { code: 'storage-unavailable' } });
  expect((await delivery()).body['message']).toMatch(
    /^The database was put back to an earlier state: .* Nothing is decided until an admin says under Connection on the addon page/,
  );
  const run = { date: '2026-11-22', zone: 'Europe/Berlin', moment: 'PreCronJob' };
  expect(await service.call('POST /v1/run', run)).toMatchObject({ status: 503, signed: true });
  const get = { ...page, method: 'GET' };
  expect(await service.call('POST /v1/page', get)).toMatchObject({ status: 200 });
  const post = { ...page, method: 'POST', form: { once: 'x' } };
  expect(await service.call('POST /v1/page', post)).toMatchObject({ status: 503, signed: true });
  const cli = await runCommand(['run', 'daily'], env());
  expect(cli).toMatchObject({ code: 1 });
  expect(cli.err).toContain('Nothing is decided now. The database was put back');
  const { out, code } = await runCommand(['doctor'], env());
  expect(code).toBe(1);
  expect(out).toContain('Nothing is decided or done: The database was put back');
});

test('goes on by itself when an admin has said how', async () => {
  await moveCredit(database.root, { client, amount: '5.50' });
  await database.query("UPDATE mod_creditbridge_settings SET halted = 'readopt'");
  await expect.poll(balance, soon).toBe('5000');
  await expect.poll(delivery, soon).toMatchObject({ status: 200 });
  expect(await metric('creditbridge_ledger_epoch')).toBe('2');
  await expectCoherentLedger(database);
});
