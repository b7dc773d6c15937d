import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../src/base/logger.ts';
import { createEmptiedLogs } from '../../src/follow/emptied-logs.ts';
import { explainRows } from '../../src/follow/index.ts';
import { resignLead, takeLead } from '../../src/follow/lead.ts';
import { mirrorBatch } from '../../src/follow/mirror-log.ts';
import { createTextPatterns } from '../../src/ledger/index.ts';
import { expectCoherentLedger } from '../support/expect-coherent-ledger.ts';
import { moveCredit } from '../support/log-rows.ts';
import { type OpenFollower, openFollower } from '../support/open-follower.ts';
import { createServiceDatabase, type ServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient, addCurrencies } from '../support/whmcs-rows.ts';

/** Many changes of the leader, at every twentieth. */
const MOVES = 300;

let database: ServiceDatabase;
let replicas: OpenFollower[];
let client: number;

beforeEach(async () => {
  database = await createServiceDatabase(testDatabaseServer());
  await addCurrencies(database.root);
  client = await addClient(database.root);
  replicas = [];
});

afterEach(async () => {
  for (const replica of replicas) await replica.close();
  await expectCoherentLedger(database);
  await database.drop();
});

function open(): OpenFollower {
  const replica = openFollower(database, { leaseSeconds: 60, pollMs: 20 });
  replicas.push(replica);
  return replica;
}

test('one of two replicas leads, and the other takes over when it ends', async () => {
  const [first, second] = [open(), open()];
  expect(await first.round()).toBe('followed');
  expect(await second.round()).toBe('follower');
  await first.close();
  replicas.shift();
  expect(await second.round()).toBe('followed');
});

test('a leader that died is followed by another when its lease is over', async () => {
  const [first, second] = [open(), open()];
  expect(await first.round()).toBe('followed');
  expect(await second.round()).toBe('follower');
  await database.query(
    'UPDATE mod_creditbridge_tail SET held_until = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND',
  );
  await moveCredit(database.root, { client, amount: '5.00' });
  expect(await second.round()).toBe('followed');
  expect(await first.round()).toBe('follower');
});

test('what a former leader still wants to write is refused by its fence', async () => {
  const log = createLogger('silent');
  const explain = explainRows(createTextPatterns());
  const replica = open();
  await replica.round();
  await replica.close();
  replicas.pop();
  const second = open();
  const { db } = second;
  const mirror = (fence: bigint) =>
    mirrorBatch(db, { fence, explain, now: Date.now, log, emptied: createEmptiedLogs(0) });
  const old = (await takeLead(db, '00000000-0000-4000-8000-00000000000a', 60))?.fence ?? 0n;
  await resignLead(db, '00000000-0000-4000-8000-00000000000a');
  const fresh = (await takeLead(db, '00000000-0000-4000-8000-00000000000b', 60))?.fence ?? 0n;
  expect(fresh).toBeGreaterThan(old);
  await moveCredit(database.root, { client, amount: '5.00' });
  await expect(mirror(old)).rejects.toMatchObject({ code: 'leader-replaced', retry: true });
  expect(await database.query('SELECT 1 FROM mod_creditbridge_entries')).toEqual([]);
  expect(await mirror(fresh)).toMatchObject({ kind: 'done', entries: 1 });
  await resignLead(db, '00000000-0000-4000-8000-00000000000b');
});

test('replicas that go round at once record every row once', async () => {
  for (const replica of [open(), open(), open()]) replica.start();
  // What moves while the log is adopted is no matter of this test.
  await expect
    .poll(() => database.query('SELECT state FROM mod_creditbridge_tail'), { timeout: 60_000 })
    .toEqual([{ state: 'following' }]);
  for (let moved = 1; moved <= MOVES; moved++) {
    await moveCredit(database.root, { client, amount: '1.00' });
    if (moved % 20 === 0) await replicas.shift()?.close();
    if (moved % 20 === 0) open().start();
  }
  for (const replica of replicas) replica.nudge();
  await expect
    .poll(() => database.query('SELECT COUNT(*) AS n FROM mod_creditbridge_entries'), {
      timeout: 60_000,
    })
    .toEqual([{ n: MOVES }]);
});
