import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { AUDIT_BEGINNING, auditDigest, auditLink } from '../../bridge/index.ts';
import { newId } from '../../src/base/index.ts';
import { startInstallation } from '../support/installation.ts';
import { createPeople } from '../support/people.ts';
import { removeFolder } from '../support/processes.ts';
import { saveRule, takeOverAutomaticUse } from '../support/save-rule.ts';
import { settleLedger } from '../support/settle-ledger.ts';
import { visitAsAdmin } from '../support/stand-in-visitor.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// `creditbridge uninstall`, followed to its end: one installation, in the order in which an operator removes it.

const ANNA = 'anna@example.com';
const server = testDatabaseServer();
const installation = await startInstallation(server);
const { database, standIn, service } = installation;
const people = createPeople(installation);
const folder = mkdtempSync(join(tmpdir(), 'creditbridge-uninstall-'));
const kept = join(folder, 'export');
afterAll(async () => {
  await installation.stop();
  removeFolder(folder);
});

await takeOverAutomaticUse(standIn);
await saveRule(standIn, 'auto-apply', {
  mode: 'on',
  inputs: { atCreation: 'on', coverage: 'partial', mail: 'as-is' },
});
await people.changeByHand(1, { type: 'add', amount: '30.00', description: '=cmd|Gift' });
await people.invoice(1, '20.00');
await settleLedger(installation);

const automaticUse = async () => {
  const [row] = await database.query<{ value: string }>(
    "SELECT value FROM tblconfiguration WHERE setting = 'NoAutoApplyCredit'",
  );
  return row?.value === 'on' ? 'off' : 'on';
};
const ourTables = async () =>
  database.query(
    "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_name LIKE 'mod\\_creditbridge%'",
    [database.name],
  );
const accounts = async () =>
  database.query('SELECT user FROM mysql.user WHERE user = ?', [
    new URL(service.databaseUrl).username,
  ]);

test('uninstall without an export refuses, and says how to make one', async () => {
  const { code, output } = await service.tryCli('uninstall');
  expect(code).toBe(2);
  expect(output).toContain('--export');
  expect(output).not.toContain('DROP');
});

test('while credit of clients is parked, uninstall prints nothing that removes', async () => {
  const id = newId();
  await database.query(
    `INSERT INTO mod_creditbridge_parkings
       (id, fact, park_fact, client_id, currency_id, amount_hundredths, state, reason, found_at)
     VALUES (?, ?, ?, 1, 1, 1234, 'parked', 'A gateway told it twice', UTC_TIMESTAMP(6))`,
    [id, id, id],
  );
  const { code, output } = await service.tryCli('uninstall', '--export', kept);
  expect(code).toBe(1);
  expect(output).toContain('12.34 USD of clients is parked');
  expect(output).not.toContain('DROP');
  expect(existsSync(kept)).toBe(false);
  await database.query('DELETE FROM mod_creditbridge_parkings WHERE id = ?', [id]);
});

test('what must be done before is said, with exit code 1: stop the service, deactivate the addon, send what waits', async () => {
  await database.query(
    `INSERT INTO mod_creditbridge_spool (id, hook, item, created_at, next_attempt_at)
     VALUES (?, 'InvoicePaid', '{}', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)`,
    [newId()],
  );
  const { code, output } = await service.tryCli('uninstall', '--export', join(folder, 'early'));
  expect(code).toBe(1);
  expect(output).toContain('The service runs');
  expect(output).toContain('Deactivate the addon first');
  expect(output).toContain('1 hooks were not sent');
  await database.query('DELETE FROM mod_creditbridge_spool');
});

test('the export holds the ledger and the audit, for its owner alone, and is never overwritten', async () => {
  // Of a newer release, before somebody went back: this one gives its account no right on it.
  await database.query(
    'CREATE TABLE mod_creditbridge_newer (id INT UNSIGNED NOT NULL PRIMARY KEY)',
  );
  await service.stop();
  await standIn.deactivateAddon();
  expect(await automaticUse()).toBe('on');
  const { code, output } = await service.tryCli('uninstall', '--export', kept);
  expect(output).toContain('Nothing was removed');
  expect(output).toContain('remove the folder');
  expect(output).toContain(`mariadb --user=root < ${kept}/remove.sql`);
  expect(output).toContain('it never expires again');
  expect(code).toBe(0);
  expect(readdirSync(kept).toSorted()).toEqual([
    'audit.jsonl',
    'entries.csv',
    'grants.csv',
    'remove.sql',
  ]);
  expect(statSync(kept).mode & 0o077).toBe(0);
  const entries = readFileSync(join(kept, 'entries.csv'), 'utf8').trim().split('\r\n');
  const [stored] = await database.query<{ count: number }>(
    'SELECT COUNT(*) AS count FROM mod_creditbridge_entries',
  );
  expect(entries.length - 1).toBe(stored?.count);
  expect(entries.join('\n')).toContain(",'=cmd|Gift,");

  const again = await service.tryCli('uninstall', '--export', kept);
  expect(again).toMatchObject({ code: 1, output: expect.stringContaining('is there already') });
});

test('the chain of the exported audit can be checked without the database', () => {
  const rows = readFileSync(join(kept, 'audit.jsonl'), 'utf8').trim().split('\n');
  expect(rows.map((row) => JSON.parse(row).act)).toContain('automatic-use-take-over');
  let before = AUDIT_BEGINNING;
  for (const text of rows) {
    const { details, salt, digest, link, ...row } = JSON.parse(text);
    const bytes = Buffer.from(digest, 'hex');
    expect(auditDigest(Buffer.from(salt, 'hex'), details).equals(bytes)).toBe(true);
    const next = auditLink(before, { ...row, sequence: BigInt(row.sequence), digest: bytes });
    expect(next.toString('hex')).toBe(link);
    before = next;
  }
});

test('what it prints, followed, leaves no table, account or file of ours, and WHMCS works on', async () => {
  rmSync(join(standIn.root, 'modules/addons/creditbridge'), { recursive: true });
  const root = await createConnection({ uri: database.rootUrl, multipleStatements: true });
  try {
    const [results] = await root.query(readFileSync(join(kept, 'remove.sql'), 'utf8'));
    // The last statement prints what is left.
    expect((results as unknown[]).at(-1)).toEqual([]);
  } finally {
    await root.end();
  }
  expect(await ourTables()).toEqual([]);
  expect(await accounts()).toEqual([]);
  expect(
    await database.query("SELECT * FROM tbladdonmodules WHERE module = 'creditbridge'"),
  ).toEqual([]);

  const admin = await visitAsAdmin(standIn, 'admin');
  expect((await admin.get('admin/index.php')).status).toBe(200);
  const { code, output } = await standIn.runCron({ force: true });
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.not.stringMatching(/error|warning/i),
  });
  const invoice = await people.invoice(1, '4.00');
  await people.payWithCredit(ANNA, invoice, '4.00');
  expect(
    await database.query('SELECT status, credit FROM tblinvoices WHERE id = ?', [invoice]),
  ).toEqual([{ status: 'Paid', credit: '4.00' }]);
});
