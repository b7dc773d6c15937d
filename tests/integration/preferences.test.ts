import { afterAll, expect, test } from 'vitest';
import { connect, inTransaction } from '../../src/db/index.ts';
import { readPreferences, savePreference } from '../../src/settings/index.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

test('a client who chose for as many services as we keep can still change each choice, and that for all invoices, but add none', async () => {
  await database.root.query(
    `INSERT INTO mod_creditbridge_preferences (client_id, service_id, choice, changed_by, changed_at)
     SELECT 5, seq, 'keep', 'client:5:5', UTC_TIMESTAMP(6) FROM ${numbersTo(500)}`,
  );
  const choose = (serviceId: number | null, choice: 'first' | 'keep') =>
    inTransaction(db, (trx) =>
      savePreference(trx, { clientId: 5, serviceId, choice, by: 'client:5:5', at: new Date() }),
    );
  expect(await choose(7, 'first')).toBe('saved');
  expect(await choose(501, 'keep')).toBe('full');
  expect(await choose(null, 'keep')).toBe('saved');
  const kept = (await readPreferences(db, [5])).get(5);
  expect(kept).toMatchObject({ usesCredit: false });
  expect(kept?.services).toHaveLength(500);
  expect(kept?.services[6]).toEqual({ serviceId: 7, choice: 'first' });
});
