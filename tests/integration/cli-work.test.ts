import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { turnOnAutoApply } from '../support/open-invoices.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { startTestService } from '../support/test-service.ts';
import { addClient, addCurrencies, addInvoice } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
afterAll(() => database.drop());
await addCurrencies(database.root);
const client = await addClient(database.root, { credit: '7.50' });
const invoice = await addInvoice(database.root, { client, total: '10.00', due: '2026-11-20' });
const quiet = await addInvoice(database.root, { client, total: '5.00', status: 'Paid' });
const connection = await database.root.getConnection();
await turnOnAutoApply(connection);
connection.release();

const env = {
  CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
  CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
  CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
};

async function countCommands(): Promise<number> {
  const rows = await database.query('SELECT 1 FROM mod_creditbridge_commands');
  return rows.length;
}

test('preview says which options do not go together, and which rules there are', async () => {
  const without = await runCommand(['preview', '--client', '3'], env);
  expect(without).toMatchObject({ code: 2 });
  expect(without.err).toContain('name it with --rule');
  const unknown = await runCommand(['preview', '--rule', 'auto-aply', '--group', '2'], env);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.err).toMatch(/There is no rule auto-aply\. There are: .*auto-apply/);
  const both = ['preview', '--rule', 'auto-apply', '--group', '2', '--client', '3'];
  expect(await runCommand(both, env)).toMatchObject({ code: 2 });
  expect(await runCommand(['preview', '--tomorrow', '--days', '3'], env)).toMatchObject({
    code: 2,
  });
});

test('run daily --preview says what would be done, and commits nothing', async () => {
  const { code, out } = await runCommand(
    ['run', 'daily', '--preview', '--date', '2026-11-22'],
    env,
  );
  expect(code).toBe(0);
  expect(out).toContain(
    'Commands that the run of 2026-11-22 would write: 1. Nothing was committed.',
  );
  expect(out).toContain('credit put on invoices: 7.50 EUR');
  expect(out).toContain(`invoice #${invoice}`);
  expect(await countCommands()).toBe(0);
  expect(await database.query('SELECT 1 FROM mod_creditbridge_decisions')).toEqual([]);
});

test('run daily plans what is due, and does nothing twice', async () => {
  const first = await runCommand(['run', 'daily'], env);
  expect(first).toMatchObject({ code: 0 });
  expect(first.out).toContain('is planned. Commands planned: 1.');
  expect(await countCommands()).toBe(1);
  const again = await runCommand(['run', 'daily'], env);
  expect(again).toMatchObject({ code: 0 });
  expect(await countCommands()).toBe(1);
});

test('explain invoice says in words why only so much was applied', async () => {
  const { code, out } = await runCommand(['explain', 'invoice', String(invoice)], env);
  expect(code).toBe(0);
  expect(out).toContain('DueInvoice');
  expect(out).toMatch(/7\.50/);
  expect(out).toMatch(/10\.00/);
  expect(out).toContain('WHMCS has not done it yet.');
});

test('explain invoice tells an invoice nobody decided about from one that is not there', async () => {
  const undecided = await runCommand(['explain', 'invoice', String(quiet)], env);
  expect(undecided).toMatchObject({ code: 0 });
  expect(undecided.out).toContain(`No rule has decided about invoice #${quiet}`);
  const missing = await runCommand(['explain', 'invoice', '4000000'], env);
  expect(missing).toMatchObject({ code: 1, out: '', err: 'There is no invoice 4000000.' });
});

test('deliveries replay puts a refused delivery before the rules again', async () => {
  const service = await startTestService(database);
  const item = hookItem('InvoiceCreated', { invoiceid: invoice });
  const refused = await service.call('POST /v1/deliveries', { protocol: 2, items: [item] });
  expect(refused.body).toMatchObject({ code: 'upgrade-service' });
  await service.stop();

  const replayed = await runCommand(['deliveries', 'replay', item.id], env);
  expect(replayed).toMatchObject({ code: 0 });
  expect(replayed.out).toContain('accepted');
  const unknown = await runCommand(['deliveries', 'replay', newId()], env);
  expect(unknown).toMatchObject({ code: 1 });
  expect(unknown.err).toContain('There is no delivery');
});

test('while both sides are not paired nothing acts, but looking is allowed', async () => {
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'copy-or-move'");
  const run = await runCommand(['run', 'daily'], env);
  expect(run).toMatchObject({ code: 1 });
  expect(run.err).toContain('not paired');
  expect(await runCommand(['deliveries', 'replay', newId()], env)).toMatchObject({ code: 1 });
  expect(await runCommand(['explain', 'invoice', String(invoice)], env)).toMatchObject({ code: 0 });
  const preview = await runCommand(['run', 'daily', '--preview', '--date', '2026-11-23'], env);
  expect(preview).toMatchObject({ code: 0 });
  await database.root.query("UPDATE mod_creditbridge_settings SET state = 'paired'");
});

test('without the service’s tables a command says what to run, which is exit code 4', async () => {
  await database.root.query('RENAME TABLE mod_creditbridge_migrations TO hidden_migrations');
  const { code, err } = await runCommand(['explain', 'invoice', '1'], env);
  await database.root.query('RENAME TABLE hidden_migrations TO mod_creditbridge_migrations');
  expect(code).toBe(4);
  expect(err).toContain('creditbridge migrate');
});
