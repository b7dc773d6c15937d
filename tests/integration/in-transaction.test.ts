import { sql } from 'kysely';
import { afterAll, beforeEach, expect, test } from 'vitest';
import {
  connect,
  connectInPackets,
  type Db,
  inTransaction,
  TRANSACTION_TRIES,
} from '../../src/db/index.ts';
import { createSettingsCache } from '../../src/deciding/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

beforeEach(async () => {
  await database.query('DELETE FROM mod_creditbridge_state');
  await database.query("INSERT INTO mod_creditbridge_state VALUES ('a', '0'), ('b', '0')");
});

const values = () => database.query('SELECT name, value FROM mod_creditbridge_state ORDER BY name');

const insertAgain = (trx: Db) =>
  sql`INSERT INTO mod_creditbridge_state VALUES ('a', '1')`.execute(trx);

test('a real deadlock is undone and done again whole, and both transactions commit', async () => {
  let attempts = 0;
  let arrived = 0;
  let meet: () => void = () => undefined;
  const both = new Promise<void>((resolve) => {
    meet = resolve;
  });
  const crossing = (first: string, second: string) =>
    inTransaction(db, async (trx) => {
      attempts += 1;
      await sql`UPDATE mod_creditbridge_state SET value = value + 1 WHERE name = ${first}`.execute(
        trx,
      );
      arrived += 1;
      if (arrived === 2) meet();
      await both;
      await sql`UPDATE mod_creditbridge_state SET value = value + 1 WHERE name = ${second}`.execute(
        trx,
      );
    });

  await Promise.all([crossing('a', 'b'), crossing('b', 'a')]);

  expect(attempts).toBe(3);
  expect(await values()).toEqual([
    { name: 'a', value: '2' },
    { name: 'b', value: '2' },
  ]);
});

test('work whose key is there already is done again, and what it wrote before is gone', async () => {
  let attempts = 0;
  await inTransaction(db, async (trx) => {
    attempts += 1;
    await sql`UPDATE mod_creditbridge_state SET value = value + 1 WHERE name = 'a'`.execute(trx);
    if (attempts < 3) await insertAgain(trx);
  });
  expect(await values()).toContainEqual({ name: 'a', value: '1' });
});

test('a conflict that does not go away is given up after a few tries', async () => {
  let attempts = 0;
  const hopeless = inTransaction(db, async (trx) => {
    attempts += 1;
    await insertAgain(trx);
  });
  await expect(hopeless).rejects.toMatchObject({ code: 'transaction-conflict', retry: true });
  expect(attempts).toBe(TRANSACTION_TRIES);
});

test('any other error is thrown at once and undoes everything', async () => {
  const broken = inTransaction(db, async (trx) => {
    await sql`UPDATE mod_creditbridge_state SET value = '9'`.execute(trx);
    throw new Error('a bug');
  });
  await expect(broken).rejects.toThrow('a bug');
  expect(await values()).toContainEqual({ name: 'a', value: '0' });
});

test('a transaction gets no second connection, for which all of them could wait for ever', async () => {
  const packets = connectInPackets(database.serviceUrl);
  const asksAgain = () => sql`SELECT 1`.execute(db);
  const refused = 'asks for a second connection';
  await expect(inTransaction(db, asksAgain)).rejects.toThrow(refused);
  await expect(packets.transaction(asksAgain)).rejects.toThrow(refused);
  const nested = () => packets.transaction(() => packets.transaction(async () => undefined));
  await expect(nested()).rejects.toThrow(refused);
  await expect(asksAgain()).resolves.toHaveProperty('rows');
  await packets.close();
});

test('transactions on all connections read settings that are new', async () => {
  const narrow = connect(database.serviceUrl, 2);
  const settings = createSettingsCache(narrow);
  const read = () => inTransaction(narrow, (trx) => settings.within(trx));
  await expect(Promise.all([read(), read()])).resolves.toMatchObject([
    { version: '0' },
    { version: '0' },
  ]);
  await turnOn(database, 'auto-apply', {});
  const withRule = expect.arrayContaining([expect.objectContaining({ rule: 'auto-apply' })]);
  await expect(Promise.all([read(), read()])).resolves.toMatchObject([
    { version: '1', settings: withRule },
    { version: '1', settings: withRule },
  ]);
  await narrow.destroy();
});

test('a session reads committed rows in UTC, bigints as bigint, decimals and zero dates as text', async () => {
  const { rows } = await sql<Record<string, unknown>>`
    SELECT 9007199254740993 AS large, CAST(100.50 AS DECIMAL(16,2)) AS money, @@time_zone AS zone,
      CAST('2026-11-22 10:00:00.123456' AS DATETIME(6)) AS moment, NULL AS nothing`.execute(db);
  expect(rows[0]).toEqual({
    large: 9_007_199_254_740_993n,
    money: '100.50',
    zone: '+00:00',
    moment: '2026-11-22 10:00:00.123456',
    nothing: null,
  });
  await database.query(
    "INSERT IGNORE INTO tblinvoices (userid, duedate, total, status) VALUES (1, '0000-00-00', 1, 'Unpaid')",
  );
  const invoice = await db
    .selectFrom('tblinvoices')
    .select(['duedate', 'last_capture_attempt'])
    .executeTakeFirstOrThrow();
  expect(invoice).toEqual({ duedate: '0000-00-00', last_capture_attempt: '0000-00-00 00:00:00' });
});

test('what compares, joins or stands in for INTs is read as a number on every server, a count as bigint', async () => {
  await database.query('DELETE FROM tblinvoices');
  await database.query(
    "INSERT IGNORE INTO tblinvoices (userid, total, status) VALUES (7, 1, 'Unpaid')",
  );
  const { rows } = await sql<Record<string, unknown>>`
    SELECT userid, userid = 7 AS isEqual, userid IS NULL AS isNothing,
      EXISTS (SELECT 1 FROM tblclients) AS isThere, COALESCE(userid, 0) AS known, united, 1 AS one,
      (SELECT COUNT(*) FROM tblinvoices) AS counted
    FROM tblinvoices JOIN (SELECT 7 AS united UNION SELECT userid FROM tblinvoices) AS both_of_them`.execute(
    db,
  );
  expect(rows).toEqual([
    {
      userid: 7,
      isEqual: 1,
      isNothing: 0,
      isThere: 0,
      known: 7,
      united: 7,
      one: 1,
      counted: 1n,
    },
  ]);
});
