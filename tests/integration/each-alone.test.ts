import { afterAll, beforeEach, expect, test } from 'vitest';
import { StorageError } from '../../src/base/errors.ts';
import { createLogger } from '../../src/base/logger.ts';
import { connect } from '../../src/db/index.ts';
import { LedgerError } from '../../src/ledger/index.ts';
import { allBatches, createEachAlone } from '../../src/periodic/index.ts';
import { tellDueGrants } from '../../src/runs/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);
const lines: { level: string; id?: string; unnamed?: number }[] = [];
const eachAlone = createEachAlone({
  db,
  log: createLogger('warn', { write: (line: string) => lines.push(JSON.parse(line)) }),
  now: Date.now,
});

beforeEach(async () => {
  lines.length = 0;
  await database.query('DELETE FROM mod_creditbridge_findings');
});

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

/** What is set aside now, as an admin finds it. */
async function kept() {
  const rows = await database.query<{ fact: string; client_id: number; text: string }>(
    `SELECT fact, client_id, text FROM mod_creditbridge_findings
     WHERE kind = 'set-aside' AND outcome = 'open' ORDER BY client_id`,
  );
  return rows.map(({ fact, client_id, text }) => {
    const [, name, id] = fact.split(':');
    return { task: name, id, clientId: client_id, text };
  });
}

const idsKept = async () => (await kept()).map(({ id }) => id);

const task = {
  name: 'counting',
  nameOf: (one: number) => ({
    id: String(one),
    clientId: one,
    invoiceId: null,
    what: `Counting ${one}`,
  }),
};

test('an item that throws stops none of the others, and is named once until it works', async () => {
  const broken = new Set([2]);
  const done: number[] = [];
  const pass = () =>
    eachAlone.each(task, [[1, 2], [3]], async (one) => {
      if (broken.has(one)) throw new TypeError('No such thing.');
      done.push(one);
    });
  expect(await pass()).toBe(2);
  expect(await pass()).toBe(2);
  expect(done).toEqual([1, 3, 1, 3]);
  expect(lines).toMatchObject([{ level: 'warn', id: '2', clientId: 2 }]);
  expect((await kept()).map(({ text }) => text)).toEqual([
    expect.stringMatching(/^Counting 2 fails \(TypeError\)\. It is tried again/),
  ]);
  broken.clear();
  expect(await pass()).toBe(3);
  expect(await kept()).toEqual([]);
});

test('a batch that fails as a whole is done but for the items at fault', async () => {
  const batch = Array.from({ length: 500 }, (_, index) => index);
  const done = new Set<number>();
  let calls = 0;
  const count = await eachAlone.together(task, [batch], async (some) => {
    calls += 1;
    if (some.includes(77) || some.includes(400)) throw new Error('One of these.');
    for (const one of some) done.add(one);
  });
  expect(count).toBe(498);
  expect(await idsKept()).toEqual(['77', '400']);
  expect(done.size).toBe(498);
  expect(calls).toBeLessThan(40);
});

test('a broken invariant is fatal at every pass, and still stops only its own item', async () => {
  const pass = () =>
    eachAlone.each(task, [[1, 2]], async (one) => {
      if (one === 1) throw new LedgerError('grant-below-zero', 'A grant is below zero.');
    });
  expect([await pass(), await pass()]).toEqual([1, 1]);
  expect(lines.map(({ level }) => level)).toEqual(['fatal', 'fatal']);
});

test.each([
  [
    'a database that is gone',
    Object.assign(new Error('Gone.'), { fatal: true, code: 'ECONNRESET' }),
  ],
  ['a database that is read-only', Object.assign(new Error('Read-only.'), { errno: 1290 })],
  ['a fault that passes', new StorageError('ledger-not-following', 'Later.', { retry: true })],
])('%s is no item’s fault and ends the pass', async (_, error) => {
  const pass = eachAlone.each(task, [[1, 2]], async () => {
    throw error;
  });
  await expect(pass).rejects.toBe(error);
  expect(await kept()).toEqual([]);
});

test('a pass names at most a hundred items, says how many more fail, and the next passes name those', async () => {
  const all = Array.from({ length: 250 }, (_, index) => index + 1);
  const pass = () =>
    eachAlone.each(task, [all], async () => {
      throw new Error('No.');
    });
  const unnamed = () => lines.splice(0).flatMap((line) => line.unnamed ?? []);
  await pass();
  expect([(await kept()).length, unnamed()]).toEqual([100, [150]]);
  await pass();
  expect([(await kept()).length, unnamed()]).toEqual([200, [50]]);
  await pass();
  expect([await idsKept(), unnamed()]).toEqual([all.map(String), []]);
});

test('what a pass could not have met stays set aside', async () => {
  const fail = async () => {
    throw new Error('No.');
  };
  await eachAlone.each(task, [[1, 200]], fail);
  await eachAlone.each({ ...task, covers: (id) => Number(id) < 100 }, [[2]], async () => undefined);
  expect(await idsKept()).toEqual(['200']);
});

test('the next batch begins behind the last item, also when a whole batch failed', async () => {
  const all = [1, 2, 3, 4, 5];
  const read = async (after: number) => all.filter((one) => one > after).slice(0, 2);
  const tried: number[] = [];
  await eachAlone.each(task, allBatches(read, 0, Number), async (one) => {
    tried.push(one);
    if (one < 5) throw new Error('No.');
  });
  expect(tried).toEqual(all);
});

test('a grant that cannot be told of keeps none of the other due grants from the rules', async () => {
  const told: (string | null)[] = [];
  const grants = [1n, 2n, 3n, 4n].map((id) => ({
    id,
    clientId: Number(id),
    isStopped: false,
    why: { kind: 'expired', expiresOn: '2026-11-01' } as const,
  }));
  const marked: bigint[] = [];
  const commands = await tellDueGrants({
    when: async () => ({
      localDate: '2026-11-22',
      zone: 'UTC',
      whmcsVersion: '9.0.0',
      at: '2026-11-22T09:00:00Z',
    }),
    isHeard: async (point) => point === 'GrantExpiring',
    begin: async () => ({ mark: 'today', stoppedMark: 'today:stopped' }),
    expired: async (_, __, after) => grants.filter(({ id }) => id > (after?.id ?? 0n)).slice(0, 3),
    refunded: async () => [],
    mark: async (_, some) => {
      marked.push(...some.map(({ id }) => id));
    },
    tell: async (found) => {
      const targets = found.map(({ occurrence }) => occurrence.target);
      if (targets.includes('grant:2')) throw new Error('Unreadable.');
      told.push(...targets);
      return { commands: found.length, faults: 0 };
    },
    eachAlone,
  });
  expect(told.toSorted()).toEqual(['grant:1', 'grant:3', 'grant:4']);
  expect(commands).toBe(3);
  expect(marked.toSorted()).toEqual([1n, 3n, 4n]);
  expect(await kept()).toMatchObject([{ task: 'expired-grant', id: '2', clientId: 2 }]);
});

test('a due grant about which a rule gave no answer is told of again by the next pass', async () => {
  const marked: unknown[] = [];
  let faults = 1;
  const pass = () =>
    tellDueGrants({
      when: async () => ({
        localDate: '2026-11-22',
        zone: 'UTC',
        whmcsVersion: '9.0.0',
        at: '2026-11-22T09:00:00Z',
      }),
      isHeard: async (point) => point === 'GrantExpiring',
      begin: async () => ({ mark: 'today', stoppedMark: 'today:stopped' }),
      expired: async (_, __, after) =>
        after === null
          ? [
              {
                id: 1n,
                clientId: 1,
                isStopped: false,
                why: { kind: 'expired', expiresOn: '2026-11-01' },
              },
            ]
          : [],
      refunded: async () => [],
      mark: async (_, some) => {
        marked.push(...some);
      },
      tell: async () => ({ commands: 0, faults: faults-- }),
      eachAlone,
    });
  await pass();
  expect(marked).toEqual([]);
  await pass();
  expect(marked).toHaveLength(1);
});
