import { afterAll, expect, test } from 'vitest';
import { reorderStoredJson } from '../support/reorder-stored-json.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

// That sweeps and reads find their rows then is shown where they are tested: these tests run on reordered JSON
// (`reorderStoredJson`): operations, reconcile, reconcile-pages, ledger-adoption and
// unreadable-rows.

const database = await createServiceDatabase(testDatabaseServer());
await reorderStoredJson(database);
afterAll(() => database.drop());

test.each([
  ['{"do":"return"}', '{ "do":"return"}', 'return', null],
  ['{"do":"take-back","returns":"7"}', '{ "returns":"7","do":"take-back"}', 'take-back', '7'],
  ['{"do":"spend","grants":["1","2"]}', '{ "grants":["1","2"],"do":"spend"}', 'spend', null],
  ['{"do":"gr', '{ "do":"gr', null, null],
])('%s of an entry is stored in another order and read by its columns', async (act, ...found) => {
  await database.root.query('DELETE FROM mod_creditbridge_entries');
  await database.root.query(
    `INSERT INTO mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account,
       amount_hundredths, kind, act, recorded_at)
     VALUES (1, 1, 1, 1, 'client:1', 'adjustment', 1, 'manual', ?, UTC_TIMESTAMP(6))`,
    [act],
  );
  expect(
    await database.query(
      'SELECT act, does, CAST(takes_back AS CHAR) AS takes_back FROM mod_creditbridge_entries',
    ),
  ).toEqual([{ act: found[0], does: found[1], takes_back: found[2] }]);
});

test('terms and proposals say in columns what they correct', async () => {
  await database.root.query(
    `INSERT INTO mod_creditbridge_command_terms (command_id, kind, act)
     VALUES ('a', 'difference', '{"do":"correct","corrects":"12"}')`,
  );
  await database.root.query(
    `INSERT INTO mod_creditbridge_approvals (id, client_id, operation, amount_hundredths, proposed_by, reason,
       proposed_at, expires_at)
     VALUES ('b', 1, '{"kind":"correct","clientId":1,"undoes":"12"}', 1, 'admin:1', 'r',
       UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
  );
  expect(
    await database.query(
      `SELECT act AS text, does AS name, CAST(corrects AS CHAR) AS entry FROM mod_creditbridge_command_terms
       UNION ALL SELECT operation, kind, CAST(undoes AS CHAR) FROM mod_creditbridge_approvals`,
    ),
  ).toEqual([
    { text: '{ "corrects":"12","do":"correct"}', name: 'correct', entry: '12' },
    { text: '{ "clientId":1,"undoes":"12","kind":"correct"}', name: 'correct', entry: '12' },
  ]);
});
