import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveCredit } from '../support/log-rows.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

// WHMCS removes a client in several statements. The ledger looks between two of them: the rows of the log are gone, the client is not.

const LONG = 3_600_000;
const SHORT = 1;

let database: ServiceDatabase;
let follower: OpenFollower;
let leaving: number;
let staying: number;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(database.root);
  leaving = await addClient(database.root);
  staying = await addClient(database.root);
});

afterEach(async () => {
  await follower.close();
  await database.drop();
});

/** The ledger has read one row of the client who stays, and two of the one who leaves. */
async function follow(removalMs: number, order: 'leaving-last' | 'leaving-first'): Promise<void> {
  follower = openFollower(database, { removalMs });
  expect(await follower.round()).toBe('followed');
  const add = (client: number) => moveCredit(database.root, { client, amount: '4.00' });
  if (order === 'leaving-last') await add(staying);
  await add(leaving);
  await add(leaving);
  if (order === 'leaving-first') await add(staying);
  expect(await follower.round()).toBe('followed');
  await database.query('DELETE FROM tblcredit WHERE clientid = ?', [leaving]);
}

async function balanceOfLeaving(): Promise<number | undefined> {
  const [row] = await database.query<{ balance: number }>(
    'SELECT balance_hundredths AS balance FROM mod_creditbridge_accounts WHERE client_id = ?',
    [leaving],
  );
  return row?.balance;
}

test('takes nothing back: the account waits for its end, and its credit can go to another client', async () => {
  await follow(LONG, 'leaving-first');
  expect(await follower.round()).toBe('followed');
  await database.query('DELETE FROM tblclients WHERE id = ?', [leaving]);
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(800);
});

test('takes them back when the client stays and nothing else of the log is left', async () => {
  await follow(SHORT, 'leaving-first');
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(800);
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(0);
});

test('takes back what only the daily comparison sees in one of the next rounds, not a day later', async () => {
  follower = openFollower(database, { removalMs: SHORT });
  expect(await follower.round()).toBe('followed');
  await moveCredit(database.root, { client: leaving, amount: '8.00' });
  await database.query(
    "INSERT INTO tblcredit (id, clientid, date, description, amount, relid) VALUES (5000, ?, '2026-11-22', 'Later', 1, 0)",
    [staying],
  );
  expect(await follower.round()).toBe('followed');
  await database.query('DELETE FROM tblcredit WHERE clientid = ?', [leaving]);
  await database.query('UPDATE mod_creditbridge_tail SET compared_at = NULL');
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(800);
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(0);
});

test('is no restore, although the newest rows are gone', async () => {
  await follow(LONG, 'leaving-last');
  expect(await follower.round()).toBe('followed');
  await database.query('DELETE FROM tblclients WHERE id = ?', [leaving]);
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(800);
});

test('is a restore, or many rows removed by hand, when the client stays: an admin is asked, and nothing was taken back', async () => {
  await follow(SHORT, 'leaving-last');
  expect(await follower.round()).toBe('followed');
  expect(await follower.round()).toBe('halted');
  expect(await balanceOfLeaving()).toBe(800);
});

test('a row that is removed by hand while others are left is taken back at once', async () => {
  await follow(LONG, 'leaving-first');
  await moveCredit(database.root, { client: leaving, amount: '1.00' });
  expect(await follower.round()).toBe('followed');
  expect(await balanceOfLeaving()).toBe(100);
});
