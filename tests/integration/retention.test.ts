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
async function addDecision(id: string, days: number, outcome: string, effect = ''): Promise<void> {
  await database.root.query(
    `INSERT INTO mod_creditbridge_decisions
       (id, rule, target, repeat_key, client_id, event, outcome, effect, trace, first_at, last_at)
     VALUES (?, 'r', ?, ?, 1, 'InvoicePaid', ?, ?, '{}', ?, ?)`,
    [id, id, id, outcome, effect, daysAgo(days), daysAgo(days)],
  );
}

/** The beginning of ids made so many days ago. */
const idOf = (days: number) => {
  const hex = (NOW.getTime() - days * 86_400_000).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001`;
};

test('payloads go after a month and records after thirteen; what moved money stays', async () => {
  await addDelivery('fresh', 29);
  await addDelivery('month-old', 31);
  await addDelivery('year-old', 400);
  await addDelivery('rolled-back', 2, 'not-visible-yet');
  await addDelivery('under-way', 0, 'not-visible-yet');
  await addDecision('skip-old', 400, 'skipped');
  await addDecision('skip-fresh', 10, 'skipped');
  await addDecision('money-old', 4000, 'effect', 'grant');
  await addDecision('mail-old', 400, 'effect', 'mail');
  await addDecision('former-kind', 400, 'effect', 'charge');

  expect(await prune(db, NOW)).toEqual({ payloads: 2, records: 4 });

  expect(
    await database.query('SELECT id, item FROM mod_creditbridge_deliveries ORDER BY id'),
  ).toEqual([
    { id: 'fresh', item: '{}' },
    { id: 'month-old', item: null },
    { id: 'under-way', item: '{}' },
  ]);
  expect(await database.query('SELECT id FROM mod_creditbridge_decisions ORDER BY id')).toEqual([
    { id: 'former-kind' },
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

test('terms go once their command is gone; proposals nobody agreed to and ranges of old runs go too', async () => {
  const [old, kept, fresh] = [idOf(500), idOf(499), idOf(3)];
  for (const id of [old, kept, fresh]) {
    await database.root.query(
      `INSERT INTO mod_creditbridge_command_terms (command_id, kind, act, actor)
       VALUES (?, 'expiry', '{"do":"spend","grants":["1"]}', 'rule:r')`,
      [id],
    );
    await database.root.query(
      "INSERT INTO mod_creditbridge_run_ranges (run_id, from_client_id, to_client_id, state) VALUES (?, 1, 500, 'done')",
      [id],
    );
  }
  await database.root.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, live_fact, client_id, action, parameters, expects, rule, state, created_at)
     VALUES (?, 'r:1', 'r:1', 1, 'AddCredit', '{}', '{}', 'r', 'done', ?)`,
    [kept, daysAgo(499)],
  );
  for (const [state, days] of [
    ['rejected', 500],
    ['rejected', 399],
    ['approved', 500],
    ['pending', 500],
  ] as const) {
    await database.root.query(
      `INSERT INTO mod_creditbridge_approvals
         (id, client_id, operation, amount_hundredths, state, proposed_by, reason, proposed_at, expires_at)
       VALUES (?, 1, '{}', 1, ?, 'admin:1', 'test', ?, ?)`,
      [`${state}-${days}`, state, daysAgo(days), daysAgo(days)],
    );
  }

  expect(await prune(db, NOW)).toMatchObject({ records: 4 });
  expect(await prune(db, NOW)).toMatchObject({ records: 0 });

  const idsIn = async (table: string, column: string) => {
    const rows = await database.query<{ id: string }>(
      `SELECT ${column} AS id FROM mod_creditbridge_${table} ORDER BY id`,
    );
    return rows.map(({ id }) => id);
  };
  expect(await idsIn('command_terms', 'command_id')).toEqual([kept, fresh]);
  expect(await idsIn('run_ranges', 'run_id')).toEqual([fresh]);
  expect(await idsIn('approvals', 'id')).toEqual(['approved-500', 'pending-500', 'rejected-399']);
});
