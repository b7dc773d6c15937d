import { createConnection } from 'mysql2/promise';
import { v7 as newId } from 'uuid';
import { afterAll, expect, test } from 'vitest';
import { writeAudit } from '../../src/audit/index.ts';
import { checkAudit as auditChecks } from '../../src/cli/doctor/check-audit.ts';
import { connect, inTransaction } from '../../src/db/index.ts';
import { checkAudit, pruneAudit } from '../../src/operations/index.ts';
import { eraseClients } from '../../src/privacy/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl);
const thief = await createConnection(database.serviceUrl);
const owner = connect(database.ownerUrl, 1);
afterAll(async () => {
  await thief.end();
  await owner.destroy();
  await db.destroy();
  await database.drop();
});

const NOW = new Date('2026-11-29T12:00:00Z');
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000);

const add = (act: string, at = NOW) =>
  inTransaction(db, (trx) =>
    writeAudit(trx, {
      id: newId(),
      actor: 'admin:1',
      act,
      target: 'client:5',
      details: { reason: 'Überfällig' },
      at,
    }),
  );

/** Changes the rows as somebody with all rights would, looks at the chain, and puts them back. */
async function chainAfter(...changes: readonly string[]) {
  const connection = await database.root.getConnection();
  try {
    await connection.query('CREATE TEMPORARY TABLE kept AS SELECT * FROM mod_creditbridge_audit');
    for (const change of changes) await connection.query(change);
    return await checkAudit(db);
  } finally {
    await connection.query('DELETE FROM mod_creditbridge_audit');
    await connection.query('INSERT INTO mod_creditbridge_audit SELECT * FROM kept');
    await connection.query('DROP TEMPORARY TABLE kept');
    connection.release();
  }
}

test('many at once add to one chain', async () => {
  for (let day = 500; day > 490; day--) await add('rule-mode', daysAgo(day));
  await Promise.all(Array.from({ length: 30 }, () => add('credit-add')));
  expect(await checkAudit(db)).toEqual({
    rows: 40,
    blanked: 0,
    prunedAt: undefined,
    broken: undefined,
  });
});

test('with the account of the service nothing in it can be changed or taken out', async () => {
  for (const statement of [
    "UPDATE mod_creditbridge_audit SET actor = 'admin:2'",
    "UPDATE mod_creditbridge_audit SET act = 'nothing'",
    'UPDATE mod_creditbridge_audit SET at = UTC_TIMESTAMP(6)',
    "UPDATE mod_creditbridge_audit SET link = REPEAT('0', 32)",
    'UPDATE mod_creditbridge_audit SET sequence = sequence + 100',
    'DELETE FROM mod_creditbridge_audit',
    'REPLACE INTO mod_creditbridge_audit (sequence, id) VALUES (1, UUID())',
    'TRUNCATE mod_creditbridge_audit',
    "INSERT INTO mod_creditbridge_audit_anchors VALUES (1, REPEAT('0', 32), UTC_TIMESTAMP(6))",
  ]) {
    await expect(thief.query(statement), statement).rejects.toThrow(/denied/);
  }
});

test('a text can be blanked with its salt, and not be replaced by another', async () => {
  const [blank] = [
    "UPDATE mod_creditbridge_audit SET details = '', salt = NULL WHERE sequence IN (3, 4)",
  ];
  expect(await chainAfter(blank)).toMatchObject({ rows: 40, blanked: 2, broken: undefined });
  await thief.query("UPDATE mod_creditbridge_audit SET details = '{}' WHERE sequence = 7");
  const changed = await checkAudit(db);
  expect(changed.broken).toEqual({ sequence: 7n, why: 'its text was changed' });
  expect(auditChecks(changed)[0]).toMatchObject({
    level: 'bad',
    says: 'Its chain breaks at row 7: its text was changed.',
  });
  await thief.query(
    "UPDATE mod_creditbridge_audit SET details = '', salt = NULL WHERE sequence = 7",
  );
  expect(await checkAudit(db)).toMatchObject({ blanked: 1, broken: undefined });
});

test('what was said of a client is erased, and the chain holds', async () => {
  await add('freeze-client', daysAgo(2));
  const before = await checkAudit(db);
  expect((await eraseClients(db, [6], 'living')).size).toBe(0);
  const erased = await eraseClients(db, [5], 'living');
  expect(Number(erased.get('mod_creditbridge_audit'))).toBeGreaterThan(0);
  const after = await checkAudit(db);
  expect(after).toMatchObject({ rows: before.rows, broken: undefined });
  expect(after.blanked).toBeGreaterThan(before.blanked);
});

const MISSING = 'rows before it are missing';
const CHANGED = 'it, or what it follows, was changed';

test.each([
  [['DELETE FROM mod_creditbridge_audit WHERE sequence = 20'], 21n, MISSING],
  [['DELETE FROM mod_creditbridge_audit WHERE sequence <= 20'], 21n, MISSING],
  [["UPDATE mod_creditbridge_audit SET actor = 'admin:2' WHERE sequence = 20"], 20n, CHANGED],
  [["UPDATE mod_creditbridge_audit SET at = '2020-01-01' WHERE sequence = 20"], 20n, CHANGED],
  [
    [
      'DELETE FROM mod_creditbridge_audit WHERE sequence = 20',
      'UPDATE mod_creditbridge_audit SET sequence = sequence - 1 WHERE sequence > 20 ORDER BY sequence',
    ],
    20n,
    CHANGED,
  ],
])('with any account, %j shows', async (changes, sequence, why) => {
  expect((await chainAfter(...changes)).broken).toEqual({ sequence, why });
});

test('pruned, it begins behind its anchor and goes on', async () => {
  await expect(pruneAudit(db, daysAgo(400), NOW)).rejects.toThrow(/denied/);
  expect(await pruneAudit(owner, daysAgo(400), NOW)).toBe(10);
  expect(await checkAudit(db)).toMatchObject({ rows: 31, broken: undefined });
  expect(
    (await chainAfter('DELETE FROM mod_creditbridge_audit WHERE sequence = 11')).broken,
  ).toBeDefined();

  expect(await pruneAudit(owner, new Date(NOW.getTime() + 1), NOW)).toBe(30);
  await add('credit-add');
  expect(await checkAudit(db)).toMatchObject({ rows: 2, broken: undefined });
  expect(await pruneAudit(owner, daysAgo(400), NOW)).toBe(0);
});
