import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { probeStorage } from '../../src/app/probe-storage.ts';
import {
  connect,
  connectInPackets,
  isMoney,
  isNote,
  knowsMoney,
  lookAtNotes,
  mayBeMoney,
} from '../../src/db/index.ts';
import { makeServiceAccount } from '../support/service-account.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createWhmcsDatabase, type WhmcsDatabase } from '../support/whmcs-database.ts';

let database: WhmcsDatabase;
let user: string;
let db: ReturnType<typeof connect>;
let packets: ReturnType<typeof connectInPackets>;

beforeAll(async () => {
  const server = testDatabaseServer();
  database = await createWhmcsDatabase(server, { bridgeTables: true });
  const account = await makeServiceAccount(server, database);
  user = account.user;
  db = connect(account.url, 2);
  packets = connectInPackets(account.url);
});

afterAll(async () => {
  await packets?.close();
  await db?.destroy();
  await database?.drop();
});

const answers = sql<Record<string, number>>`
  SELECT SUM(${isMoney('a')}) AS money, SUM(${mayBeMoney('a')}) AS perhaps, SUM(${isNote('a')}) AS notes,
    ${knowsMoney} AS knows FROM tblaccounts a`;

async function asked() {
  const rows = [
    ...(await answers.execute(db)).rows,
    ...(await packets.transaction(async (trx) => (await answers.execute(trx)).rows)),
  ];
  return rows.map((row) => Object.values(row).map(Number));
}

const twice = (...row: number[]) => [row, row];

test('on 8.x each row is money; after the upgrade none is until the right is given; then the rows without a note', async () => {
  await database.root.query(
    "INSERT INTO tblaccounts (userid, currency, gateway, description, amountin, fees, amountout, transid) VALUES (1, 0, '', '', 1, 0, 0, 'a'), (1, 0, '', '', 2, 0, 0, 'b')",
  );
  expect(await asked()).toEqual(twice(2, 2, 0, 1));

  await database.root.query(
    'ALTER TABLE tblaccounts ADD COLUMN billingnoteid int unsigned NOT NULL DEFAULT 0',
  );
  await database.root.query('UPDATE tblaccounts SET billingnoteid = 7 WHERE transid = ?', ['b']);
  expect(await lookAtNotes(db)).toBe('hidden');
  expect(await asked()).toEqual(twice(0, 2, 0, 0));

  await database.root.query(`GRANT SELECT (billingnoteid) ON tblaccounts TO '${user}'@'%'`);
  expect(await lookAtNotes(db)).toBe('readable');
  expect(await asked()).toEqual(twice(1, 1, 1, 1));

  await database.root.query('ALTER TABLE tblaccounts DROP COLUMN billingnoteid');
  await expect(asked()).rejects.toMatchObject({ errno: 1054 });
  // The service asks this again and again while work fails.
  expect(await probeStorage(db)).toEqual({ kind: 'fit' });
  expect(await asked()).toEqual(twice(2, 2, 0, 1));
});

test('values are never taken for what a statement asks about money', async () => {
  const text = 'Dear {{ name }}, {{money a}}';
  const ask = sql<{ text: string }>`SELECT ${text} AS text`;
  expect((await ask.execute(db)).rows).toEqual([{ text }]);
  const inPackets = await packets.transaction((trx) => ask.execute(trx));
  expect(inPackets.rows).toEqual([{ text }]);
});
