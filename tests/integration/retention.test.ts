import { afterAll, expect, test } from 'vitest';
import { prune } from '../../src/app/index.ts';
import { connect } from '../../src/db/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

const NOW = new Date('2026-11-22T12:00:00Z');
const daysAgo = (days: number) =>
  new Date(NOW.getTime() - days * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');

async function addDelivery(id: string, days: number, outcome = 'accepted'): Promise<void> {
  await database.root.query(
    `INSERT INTO mod_creditbridge_deliveries (id, type, item_sha256, item, outcome, fired_at, received_at)
     VALUES (?, 'InvoicePaid', '', '{}', ?, ?, ?)`,
    [id, outcome, daysAgo(days), daysAgo(days)],
  );
}
async function addDecision(id: string, days: number, outcome: string): Promise<void> {
  await database.root.query(
    `INSERT INTO mod_creditbridge_decisions (id, rule, target, effect_key, client_id, event, outcome, trace, first_at, last_at)
     VALUES (?, 'r', ?, ?, 1, 'InvoicePaid', ?, '{}', ?, ?)`,
    [id, id, id, outcome, daysAgo(days), daysAgo(days)],
  );
}

test('payloads go after a month and records after thirteen; what moved money stays', async () => {
  await addDelivery('fresh', 29);
  await addDelivery('month-old', 31);
  await addDelivery('year-old', 400);
  await addDelivery('rolled-back', 2, 'not-visible-yet');
  await addDelivery('under-way', 0, 'not-visible-yet');
  await addDecision('skip-old', 400, 'skipped');
  await addDecision('skip-fresh', 10, 'skipped');
  await addDecision('money-old', 4000, 'effect');

  expect(await prune(db, NOW)).toEqual({ payloads: 2, records: 3 });

  expect(
    await database.query('SELECT id, item FROM mod_creditbridge_deliveries ORDER BY id'),
  ).toEqual([
    { id: 'fresh', item: '{}' },
    { id: 'month-old', item: null },
    { id: 'under-way', item: '{}' },
  ]);
  expect(await database.query('SELECT id FROM mod_creditbridge_decisions ORDER BY id')).toEqual([
    { id: 'money-old' },
    { id: 'skip-fresh' },
  ]);
});

test('pruning again finds nothing, and more than one batch is pruned in one go', async () => {
  expect(await prune(db, NOW)).toEqual({ payloads: 0, records: 0 });
  for (let count = 0; count < 1100; count++) await addDelivery(`bulk-${count}`, 29.5);
  const later = new Date(NOW.getTime() + 86_400_000);
  expect(await prune(db, later)).toEqual({ payloads: 1100, records: 0 });
});

test('a kind of rows that cannot be pruned stops no other', async () => {
  await addDelivery('stuck', 400);
  await database.root.query(
    `INSERT INTO mod_creditbridge_notices (fact, level, rule, text, created_at, seen_at)
     VALUES ('old', 'warning', 'r', 'Old.', ?, ?)`,
    [daysAgo(401), daysAgo(400)],
  );
  await database.root.query(
    `CREATE TRIGGER stuck BEFORE DELETE ON mod_creditbridge_deliveries FOR EACH ROW
     SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'This row stays.'`,
  );
  await expect(prune(db, NOW)).rejects.toMatchObject({
    message: 'Some kinds of old rows could not be pruned.',
    errors: [{ sqlMessage: 'This row stays.' }],
  });
  expect(await database.query('SELECT fact FROM mod_creditbridge_notices')).toEqual([]);
  await database.root.query('DROP TRIGGER stuck');
  expect(await prune(db, NOW)).toMatchObject({ records: 1 });
});
