import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { adopt } from '../../src/follow/adopt.ts';
import { beginAdoption } from '../../src/follow/adopt-begin.ts';
import { importHistory } from '../../src/follow/adopt-history.ts';
import { takeSnapshot } from '../../src/follow/adopt-snapshot.ts';
import { createEmptiedLogs } from '../../src/follow/emptied-logs.ts';
import type { AdoptionProgress } from '../../src/follow/index.ts';
import { explainRows } from '../../src/follow/index.ts';
import { resignLead, takeLead } from '../../src/follow/lead.ts';
import { mirrorBatch } from '../../src/follow/mirror-log.ts';
import { createTextPatterns } from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { logCredit, moveCredit } from '../support/log-rows.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { startProcess } from '../support/processes.ts';
import { reorderStoredJson } from '../support/reorder-stored-json.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

let database: ServiceDatabase;
let follower: OpenFollower;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await reorderStoredJson(database);
  await addCurrencies(database.root);
  follower = openFollower(database);
});

afterEach(async () => {
  await follower.close();
  await expectCoherentLedger(database);
  await database.drop();
});

interface OpeningGrant {
  readonly opened_on: string;
  readonly amount: string;
  readonly remaining: string;
}

async function openings(client: number): Promise<readonly OpeningGrant[]> {
  return database.query<OpeningGrant>(
    `SELECT opened_on, CAST(amount_hundredths AS CHAR) AS amount, CAST(remaining_hundredths AS CHAR) AS remaining
     FROM mod_creditbridge_grants WHERE client_id = ? AND kind = 'opening' AND expires_on IS NULL AND refundable = 0
     ORDER BY id`,
    [client],
  );
}

async function account(client: number) {
  const [row] = await database.query(
    `SELECT CAST(balance_hundredths AS CHAR) AS balance, CAST(remaining_hundredths AS CHAR) AS remaining,
       CAST(unfunded_hundredths AS CHAR) AS unfunded, CAST(opening_hundredths AS CHAR) AS difference
     FROM mod_creditbridge_accounts WHERE client_id = ?`,
    [client],
  );
  return row;
}

/** Many clients with a few rows each; balances are the sums of their rows. */
async function fill(clients: number, rows: number): Promise<void> {
  const connection = await database.root.getConnection();
  await connection.query("SET SESSION sql_mode = ''");
  await connection.query(
    `INSERT INTO tblclients (id, currency) SELECT seq, 1 + seq % 2 FROM ${numbersTo(clients)}`,
  );
  await connection.query(
    `INSERT INTO tblcredit (clientid, date, description, amount)
     SELECT 1 + seq % ?, '2024-01-01' + INTERVAL seq % 700 DAY, CONCAT('Credit Applied to Invoice #', seq),
       IF(seq % 3 = 0, -2.50, 2 + seq % 5) FROM ${numbersTo(rows)} ORDER BY seq`,
    [clients],
  );
  await connection.query(
    'UPDATE tblclients c SET credit = (SELECT COALESCE(SUM(amount), 0) FROM tblcredit r WHERE r.clientid = c.id)',
  );
  connection.release();
}

async function adopted(): Promise<{ readonly rows: number; readonly entries: number }> {
  const [row] = await database.query<{ rows: number; entries: number }>(
    `SELECT (SELECT COUNT(*) FROM tblcredit) AS \`rows\`,
       (SELECT COUNT(*) FROM mod_creditbridge_entries WHERE does = 'history') AS entries`,
  );
  return { rows: Number(row?.rows), entries: Number(row?.entries) };
}

test('leaves what remains in the newest additions, as opening grants', async () => {
  const client = await addClient(database.root);
  await moveCredit(database.root, { client, amount: '30.00', date: '2025-01-01' });
  await moveCredit(database.root, { client, amount: '20.00', date: '2025-02-01' });
  await moveCredit(database.root, { client, amount: '-25.00', date: '2025-03-01' });
  await moveCredit(database.root, { client, amount: '10.00', date: '2025-04-01' });
  await follower.round();
  expect(await openings(client)).toEqual([
    { opened_on: '2025-01-01', amount: '500', remaining: '500' },
    { opened_on: '2025-02-01', amount: '2000', remaining: '2000' },
    { opened_on: '2025-04-01', amount: '1000', remaining: '1000' },
  ]);
  expect(await account(client)).toEqual({
    balance: '3500',
    remaining: '3500',
    unfunded: '0',
    difference: '0',
  });
});

test('makes the difference between log and balance an entry of its own', async () => {
  const more = await addClient(database.root, { credit: '50.00' });
  await logCredit(database.root, { client: more, amount: '20.00' });
  const less = await addClient(database.root, { credit: '5.00' });
  await logCredit(database.root, { client: less, amount: '20.00' });
  const without = await addClient(database.root, { credit: '7.77' });
  const empty = await addClient(database.root);
  await follower.round();
  expect(await account(more)).toMatchObject({ balance: '5000', difference: '3000' });
  expect(await account(less)).toMatchObject({ balance: '500', difference: '-1500' });
  expect(await account(without)).toMatchObject({ balance: '777', remaining: '777' });
  expect(await account(empty)).toBeUndefined();
  expect(
    await database.query(
      "SELECT client_id FROM mod_creditbridge_entries WHERE kind = 'opening' ORDER BY 1",
    ),
  ).toEqual([{ client_id: more }, { client_id: less }, { client_id: without }]);
});

test('a row of history that breaks explaining stays unexplained, and the adoption goes on', async () => {
  const client = await addClient(database.root);
  for (const amount of ['1.00', '2.00', '3.00', '4.00', '5.00']) {
    await moveCredit(database.root, { client, amount });
  }
  await follower.close();
  const explain = explainRows(createTextPatterns());
  follower = openFollower(database, {
    explain: async (trx, rows) => {
      if (rows.some(({ amountHundredths }) => amountHundredths === 300n)) {
        throw new RangeError('Invalid time value');
      }
      return explain(trx, rows);
    },
  });
  expect(await follower.round()).toBe('followed');
  expect(
    await database.query('SELECT kind FROM mod_creditbridge_entries ORDER BY sequence'),
  ).toEqual(['manual', 'manual', 'unknown', 'manual', 'manual'].map((kind) => ({ kind })));
  expect(await account(client)).toMatchObject({ balance: '1500', remaining: '1500' });
});

test('keeps what is below zero on the last spends, and funds it with what comes', async () => {
  const client = await addClient(database.root);
  await moveCredit(database.root, { client, amount: '10.00' });
  await moveCredit(database.root, { client, amount: '-8.00' });
  await moveCredit(database.root, { client, amount: '-5.00' });
  await follower.round();
  expect(await account(client)).toMatchObject({ balance: '-300', unfunded: '300' });
  await moveCredit(database.root, { client, amount: '10.00' });
  await follower.round();
  expect(await account(client)).toMatchObject({ balance: '700', remaining: '700', unfunded: '0' });
});

test('takes rows of deleted clients as history that came to nothing', async () => {
  await logCredit(database.root, { client: 12345, amount: '9.00' });
  await follower.round();
  expect(await account(12345)).toEqual({
    balance: '0',
    remaining: '0',
    unfunded: '0',
    difference: '-900',
  });
});

test('leaves out rows of no client', async () => {
  const client = await addClient(database.root);
  await logCredit(database.root, { client: 0, amount: '5.00' });
  await logCredit(database.root, { client: -1, amount: '7.00' });
  await moveCredit(database.root, { client, amount: '3.00' });
  await follower.round();
  expect(await database.query('SELECT client_id FROM mod_creditbridge_entries')).toEqual([
    { client_id: client },
  ]);
});

test('an installation without credit is adopted at once', async () => {
  expect(await follower.round()).toBe('followed');
  expect(
    await database.query('SELECT epoch, why, state, adopted_on FROM mod_creditbridge_epochs'),
  ).toEqual([{ epoch: 1, why: 'first', state: 'done', adopted_on: '2026-11-22' }]);
});

test('says how far it is', async () => {
  await fill(50, 12_000);
  const told: AdoptionProgress[] = [];
  await follower.close();
  follower = openFollower(database, { onProgress: (progress) => told.push(progress) });
  await follower.round();
  expect(told.map(({ phase, rows, ofRows }) => `${phase} ${rows} of ${ofRows}`)).toEqual([
    ...[0, 2, 4, 6, 8, 10, 12].map((k) => `importing ${k * 1000} of 12000`),
    ...Array.from({ length: 3 }, () => 'opening 12000 of 12000'),
    'done 12000 of 12000',
  ]);
});

test('a row that moves while history is imported is counted once', async () => {
  await fill(20, 12_000);
  const late = await database.root.getConnection();
  await late.beginTransaction();
  const client = 7;
  await moveCredit(late, { client, amount: '100.00' });
  await moveCredit(database.root, { client: 8, amount: '1.00' });
  await follower.close();
  follower = openFollower(database, {
    onProgress({ phase, rows }) {
      // After the last chunk, and before the snapshot.
      if (phase === 'importing' && rows > 12_000) void late.commit();
    },
  });
  await follower.round();
  late.release();
  await follower.round();
  await follower.round();
  const [twice] = await database.query(
    'SELECT COUNT(*) - COUNT(DISTINCT log_id) AS n FROM mod_creditbridge_entries WHERE log_id IS NOT NULL',
  );
  expect(twice).toEqual({ n: 0 });
});

test('is adopted in the same way however often it is killed', async () => {
  await fill(500, 12_000);
  const script = `
    import { openFollower } from './tests/support/open-follower.ts';
    const follower = openFollower(${JSON.stringify({
      serviceUrl: database.serviceUrl,
      installation: database.installation,
    })}, { leaseSeconds: 1, onProgress: () => console.log('progress') });
    for (;;) if ((await follower.round()) === 'followed') break;
    console.log('adopted');
    process.exit(0);`;
  let kills = 0;
  for (;;) {
    const child = startProcess({
      command: 'node',
      args: ['--input-type=module', '--eval', script],
      name: 'the adoption',
    });
    // Each one gets further than the one before, however long it takes to start.
    void child.waitForLine(/^progress/).then(
      () => setTimeout(() => child.kill(), 30 * 1.6 ** kills),
      () => undefined,
    );
    await child.exited;
    if (child.output().includes('adopted')) break;
    kills += 1;
    expect(kills, child.output()).toBeLessThan(20);
  }
  expect(kills).toBeGreaterThan(0);
  const { rows, entries } = await adopted();
  expect(entries).toBe(rows);
});

interface Steps {
  /** After history was imported and before the snapshot. */
  readonly beforeSnapshot?: () => Promise<unknown>;
  readonly afterSnapshot?: () => Promise<unknown>;
  /** Before each further look at balances that move. */
  readonly betweenLooks?: () => Promise<unknown>;
}

/** Adopts with something in between: step by step up to the snapshot, then it goes on as after an interruption. */
async function adoptWith({ beforeSnapshot, afterSnapshot, betweenLooks }: Steps): Promise<void> {
  const log = createLogger('silent');
  const explain = explainRows(createTextPatterns());
  const { db } = follower;
  const at = () => new Date();
  const today = '2026-11-22';
  const holder = '00000000-0000-4000-8000-000000000001';
  const fence = (await takeLead(db, holder, 60))?.fence ?? 0n;
  await beginAdoption(db, fence, 'first');
  await importHistory(db, { fence, explain, at, onChunk: async () => undefined });
  await beforeSnapshot?.();
  await takeSnapshot(db, { fence, explain, at, today });
  await afterSnapshot?.();
  await adopt(db, {
    fence,
    why: 'first',
    today,
    explain,
    at,
    settleMs: 100,
    onProgress: () => undefined,
    // Called before each further look.
    keepLead: async () => void (await betweenLooks?.()),
  });
  await mirrorBatch(db, { fence, explain, now: Date.now, log, emptied: createEmptiedLogs(0) });
  await resignLead(db, holder);
}

test('a row of the log that is there at the end of history is history, the next one is not', async () => {
  const client = await addClient(database.root);
  await moveCredit(database.root, { client, amount: '10.00' });
  let between: unknown;
  await adoptWith({
    beforeSnapshot: () => moveCredit(database.root, { client, amount: '5.00' }),
    async afterSnapshot() {
      await moveCredit(database.root, { client, amount: '3.00' });
      between = await balanceAtSnapshot(client);
    },
  });
  expect(between).toBe(1500);
  expect(await account(client)).toMatchObject({ balance: '1800', difference: '0' });
  expect(
    await database.query(
      `SELECT log_id FROM mod_creditbridge_entries WHERE does = 'history' ORDER BY log_id`,
    ),
  ).toEqual([{ log_id: 1 }, { log_id: 2 }]);
});

async function balanceAtSnapshot(client: number): Promise<number | undefined> {
  const [row] = await database.query<{ hundredths: number }>(
    'SELECT opening_hundredths AS hundredths FROM mod_creditbridge_accounts WHERE client_id = ?',
    [client],
  );
  return row?.hundredths;
}

const overwrite = (client: number, by: string) =>
  database.query('UPDATE tblclients SET credit = credit + ? WHERE id = ?', [by, client]);

/** Balance and row in one transaction, so that no look sees half of it. */
async function moveAtOnce(client: number, amount: string): Promise<void> {
  const connection = await database.root.getConnection();
  await connection.beginTransaction();
  await moveCredit(connection, { client, amount });
  await connection.commit();
  connection.release();
}

describe('a movement that the snapshot sees half of makes no difference', () => {
  test.each([['5.17'], ['-4.00'], ['-10.00']])(
    'when the balance moved by %s and its row comes later',
    async (amount) => {
      const client = await addClient(database.root);
      await moveCredit(database.root, { client, amount: '10.00' });
      await overwrite(client, amount);
      await adoptWith({ afterSnapshot: () => logCredit(database.root, { client, amount }) });
      expect(await account(client)).toMatchObject({ difference: '0' });
    },
  );

  test.each([['5.17'], ['-4.00'], ['-10.00']])(
    'when the row over %s is there and the balance moves later',
    async (amount) => {
      const client = await addClient(database.root);
      await moveCredit(database.root, { client, amount: '10.00' });
      await logCredit(database.root, { client, amount });
      await adoptWith({ afterSnapshot: () => overwrite(client, amount) });
      expect(await account(client)).toMatchObject({ difference: '0' });
    },
  );

  test('when it is the first credit of its client', async () => {
    const logged = await addClient(database.root);
    await logCredit(database.root, { client: logged, amount: '2.00' });
    const moved = await addClient(database.root, { credit: '3.00' });
    await adoptWith({
      async afterSnapshot() {
        await overwrite(logged, '2.00');
        await logCredit(database.root, { client: moved, amount: '3.00' });
      },
    });
    expect(await account(logged)).toMatchObject({ balance: '200', difference: '0' });
    expect(await account(moved)).toMatchObject({ balance: '300', difference: '0' });
  });

  test('when its row is committed late, with an id before the last one of history', async () => {
    const client = await addClient(database.root);
    const other = await addClient(database.root);
    const late = await database.root.getConnection();
    await late.beginTransaction();
    await logCredit(late, { client, amount: '6.00' });
    await moveCredit(database.root, { client: other, amount: '1.00' });
    await overwrite(client, '6.00');
    await adoptWith({ afterSnapshot: () => late.commit() });
    late.release();
    expect(await account(client)).toMatchObject({ balance: '600', difference: '0' });
  });

  test('and a whole movement that is committed late is counted once', async () => {
    const client = await addClient(database.root);
    const other = await addClient(database.root);
    const late = await database.root.getConnection();
    await late.beginTransaction();
    await moveCredit(late, { client, amount: '6.00' });
    await moveCredit(database.root, { client: other, amount: '1.00' });
    await adoptWith({ afterSnapshot: () => late.commit() });
    late.release();
    expect(await account(client)).toMatchObject({ balance: '600', difference: '0' });
  });

  test('while others go on, and what does not stand still stays as the snapshot had it', async () => {
    const half = await addClient(database.root);
    await logCredit(database.root, { client: half, amount: '5.00' });
    const busy = await addClient(database.root);
    const restless = await addClient(database.root, { credit: '1.00' });
    let isOver = false;
    const moving = async () => {
      await overwrite(half, '5.00');
      while (!isOver) {
        await moveAtOnce(busy, '0.01');
        await overwrite(restless, '0.01');
      }
    };
    let moved: Promise<void> | undefined;
    await adoptWith({
      async afterSnapshot() {
        moved = moving();
      },
      betweenLooks: () => overwrite(restless, '0.01'),
    });
    isOver = true;
    await moved;
    await follower.round();
    expect(await account(half)).toMatchObject({ balance: '500', difference: '0' });
    expect(await account(busy)).toMatchObject({ difference: '0' });
    expect(await account(restless)).toMatchObject({ balance: '100', difference: '100' });
    await database.query('UPDATE tblclients SET credit = 1 WHERE id = ?', [restless]);
  });
});

test('a row that is edited or removed between its import and the snapshot is taken back in the history', async () => {
  const [edited, removed, last] = [
    await addClient(database.root),
    await addClient(database.root),
    await addClient(database.root),
  ];
  const row = await moveCredit(database.root, { client: edited, amount: '10.00' });
  await moveCredit(database.root, { client: removed, amount: '3.00' });
  const gone = await moveCredit(database.root, { client: removed, amount: '20.00' });
  const newest = await moveCredit(database.root, { client: last, amount: '7.00' });
  await adoptWith({
    async beforeSnapshot() {
      await database.query('UPDATE tblcredit SET amount = 12 WHERE id = ?', [row]);
      await database.query('DELETE FROM tblcredit WHERE id IN (?, ?)', [gone, newest]);
    },
  });
  // The balances were left as they were: what no row explains any more is the difference at adoption.
  expect(await account(edited)).toMatchObject({ balance: '1000', difference: '-200' });
  expect(await account(removed)).toMatchObject({ balance: '2300', difference: '2000' });
  expect(await account(last)).toMatchObject({ balance: '700', difference: '700' });
  const corrections = await database.query(
    `SELECT log_id, reason FROM mod_creditbridge_entries WHERE corrects IS NOT NULL AND does = 'history' ORDER BY log_id`,
  );
  expect(corrections).toEqual([
    { log_id: row, reason: 'The row of the credit log was changed.' },
    { log_id: gone, reason: 'The row is gone from the credit log.' },
    { log_id: newest, reason: 'The row is gone from the credit log.' },
  ]);
});
