import { v7 as newId } from 'uuid';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createParts } from '../../src/app/create-parts.ts';
import { createLogger } from '../../src/base/logger.ts';
import { entriesOf, listEntries } from '../../src/books/index.ts';
import { loadFacts } from '../../src/deciding/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { beginLedger, mirrorLog } from '../support/mirror-log.ts';
import { reorderStoredJson } from '../support/reorder-stored-json.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import { whmcsDay } from '../support/whmcs-day.ts';
import {
  addClient,
  addCurrencies,
  addDeposit,
  addInvoice,
  addPayment,
} from '../support/whmcs-rows.ts';

// Rows of ours that no version wrote, because of a hand or a disk: what they belong to is set aside and named, and the others
// of the same batch go on.

const database = await createServiceDatabase(testDatabaseServer());
await reorderStoredJson(database);
const parts = await createParts(
  { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 1000 },
  { log: createLogger('silent'), now: Date.now },
);
afterAll(async () => {
  await parts.close();
  await database.drop();
});
beforeAll(async () => {
  await addCurrencies(database.root);
  await beginLedger(parts.db);
  await database.query(
    `UPDATE mod_creditbridge_settings SET state = 'paired', whmcs = ? WHERE id = 1`,
    [JSON.stringify(SNAPSHOT)],
  );
});
afterEach(async () => {
  await parts.reconciliation.look();
  expect(await named()).toEqual([]);
});

const SNAPSHOT = {
  version: '8.13.1',
  zone: 'Europe/Berlin',
  date: whmcsDay(),
  dateReadAt: new Date().toISOString(),
  systemUrl: 'https://example.com/',
  settings: {},
  lastCronAt: null,
  php: '8.2',
  sharedConnection: true,
  engines: {},
  actingAdmin: { ok: true },
};

async function clientWith(credit: string): Promise<number> {
  const id = await addClient(database.root, { credit });
  await database.query(
    "INSERT INTO tblcredit (clientid, date, description, amount) VALUES (?, ?, 'Start', ?)",
    [id, whmcsDay(), credit],
  );
  await mirrorLog(parts.db);
  return id;
}

/** What is set aside now, as an admin sees it. */
async function named(): Promise<readonly string[]> {
  const rows = await database.query<{ text: string }>(
    "SELECT text FROM mod_creditbridge_findings WHERE kind = 'set-aside' AND outcome = 'open' ORDER BY fact",
  );
  return rows.map(({ text }) => text);
}

const factsOfCommands = async (client: number) =>
  (
    await database.query<{ fact: string }>(
      'SELECT fact FROM mod_creditbridge_commands WHERE client_id = ? ORDER BY fact',
      [client],
    )
  ).map(({ fact }) => fact);

test('a rule whose stored settings can not be read is not asked and named; the others decide', async () => {
  await turnOn(database, 'auto-apply', { whenCreditArrives: true });
  await turnOn(database, 'deposit-bonus', { tiers: [{ from: { 1: '10.00' }, percent: '10' }] });
  const broken = "UPDATE mod_creditbridge_rule_settings SET settings = ? WHERE rule = 'auto-apply'";
  await database.query(broken, ['{"whenCredit']);
  const client = await clientWith('5.00');
  const invoice = await addInvoice(database.root, { client, total: '5.00' });
  const deposit = await addDeposit(database.root, { client, total: '50.00', status: 'Paid' });
  await addPayment(database.root, { client, invoice: deposit, amountIn: '50.00' });
  const hooks = () => [
    hookItem('InvoiceCreated', { invoiceid: invoice }),
    hookItem('InvoicePaid', { invoiceid: deposit }),
  ];

  const { results } = await parts.receiver.receive(hooks());
  expect(results.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted']);
  expect(await factsOfCommands(client)).toEqual([`deposit-bonus:invoice:${deposit}`]);
  await parts.reconciliation.look();
  expect(await named()).toEqual([
    expect.stringMatching(/^Reading the stored settings of the rule auto-apply, .* fails/),
  ]);

  await database.query(broken, ['{"whenCreditArrives":true}']);
  await parts.receiver.receive(hooks());
  expect(await factsOfCommands(client)).toHaveLength(2);
});

test('a client with a command whose meaning can not be read has no ledger for rules, the others have', async () => {
  const [broken, other] = [await clientWith('5.00'), await clientWith('6.00')];
  const id = newId();
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects,
       amount_hundredths, hold_hundredths, rule, created_at)
     VALUES (?, ?, ?, ?, 'AddCredit', '{}', '{}', 100, 100, 'credit-expiry', UTC_TIMESTAMP(6))`,
    [id, `test:${id}`, `test:${id}`, broken],
  );
  await database.query(
    `INSERT INTO mod_creditbridge_command_terms (command_id, kind, act, actor, reason)
     VALUES (?, 'expiry', '{"do":"spe', 'rule:credit-expiry', '')`,
    [id],
  );
  const ledgers = await parts.db.transaction().execute(async (trx) => {
    const { factsFor } = await loadFacts(trx, {
      clientIds: [broken, other],
      invoiceIds: [],
      needs: new Set(['grants']),
      zone: 'Europe/Berlin',
      at: new Date(),
    });
    return [broken, other].map((client) => factsFor(client, null)?.ledger?.balanceHundredths);
  });
  expect(ledgers).toEqual([undefined, 600n]);
  await parts.reconciliation.look();
  expect(await named()).toEqual([
    expect.stringMatching(new RegExp(`^Reading what command ${id} of client #${broken} means`)),
  ]);
  await database.query('DELETE FROM mod_creditbridge_command_terms WHERE command_id = ?', [id]);
  await database.query('DELETE FROM mod_creditbridge_commands WHERE id = ?', [id]);
});

test('an entry that can not be read is listed, and keeps none of the others from the rules', async () => {
  await turnOn(database, 'auto-apply', { whenCreditArrives: true });
  const [broken, other] = [await clientWith('5.00'), await clientWith('6.00')];
  for (const client of [broken, other]) {
    await addInvoice(database.root, { client, total: '4.00' });
  }
  const rows = await database.query<{ sequence: number; act: string; client_id: number }>(
    'SELECT sequence, act, client_id FROM mod_creditbridge_entries WHERE client_id IN (?, ?) ORDER BY sequence',
    [broken, other],
  );
  const [{ sequence, act } = { sequence: 0, act: '' }] = rows;
  const write = (text: string) =>
    database.query('UPDATE mod_creditbridge_entries SET act = ? WHERE sequence = ?', [
      text,
      sequence,
    ]);
  await write('{"do":"gr');

  const listed = await listEntries(parts.db, {}, undefined, 2);
  expect(listed.rows.map((entry) => entry.act.do)).toEqual(['grant', 'unreadable']);
  const sequences = rows.map((row) => BigInt(row.sequence));
  await parts.announce(await entriesOf(parts.db, sequences));
  expect(await factsOfCommands(other)).toHaveLength(1);
  expect(await factsOfCommands(broken)).toEqual([]);
  expect(await named()).toEqual([
    expect.stringMatching(
      new RegExp(`^Telling the rules about entry ${sequence}, .* fails \\(act-unreadable\\)`),
    ),
  ]);

  await parts.announceAgain();
  expect(await named()).toHaveLength(1);
  await write(act);
  await parts.announceAgain();
  expect(await factsOfCommands(broken)).toHaveLength(1);
});
