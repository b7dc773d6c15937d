import { afterAll, expect, test } from 'vitest';
import { claimTurn } from '../../src/app/index.ts';
import { connect } from '../../src/db/index.ts';
import { manifestNumberFor } from '../../src/deliveries/manifest-number.ts';
import { addStrangers } from '../../src/http/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const replicas = [connect(database.serviceUrl, 4), connect(database.serviceUrl, 4)];
afterAll(async () => {
  await Promise.all(replicas.map((db) => db.destroy()));
  await database.drop();
});

async function claimants(): Promise<number> {
  const claims = Array.from({ length: 8 }, () =>
    replicas.map((db) => claimTurn(db, 'a-turn', 3600)),
  );
  return (await Promise.all(claims.flat())).filter(Boolean).length;
}

test('of many replicas that want a turn one gets it, and the next only when its time has come', async () => {
  expect(await claimants()).toBe(1);
  expect(await claimants()).toBe(0);
  await database.root.query(
    "UPDATE mod_creditbridge_state SET value = value - 3600 WHERE name = 'a-turn'",
  );
  expect(await claimants()).toBe(1);
});

test('counts of strangers from several replicas add up', async () => {
  const counts = new Map([
    ['signature-wrong', 3],
    ['id-missing', 1],
  ] as const);
  await Promise.all([...replicas, ...replicas].map((db) => addStrangers(db, counts)));
  const rows = await database.query(
    "SELECT name, value FROM mod_creditbridge_state WHERE name LIKE 'strangers:%' ORDER BY name",
  );
  expect(rows).toEqual([
    { name: 'strangers:id-missing', value: '4' },
    { name: 'strangers:signature-wrong', value: '12' },
  ]);
});

test('many replicas that start at once agree on the number of the hooks without a deadlock', async () => {
  for (let number = 1; number <= 20; number++) {
    const hooks = { [`Hook${number}`]: { answer: 'deferred' } } as const;
    const starts = Array.from({ length: 4 }, () =>
      replicas.map((db) => manifestNumberFor(db, hooks)),
    );
    expect(new Set(await Promise.all(starts.flat()))).toEqual(new Set([number]));
  }
  const [engine] = await database.query<{ Status: string }>('SHOW ENGINE INNODB STATUS');
  const [, deadlock = ''] = engine?.Status.split('LATEST DETECTED DEADLOCK') ?? [];
  expect(deadlock.split('TRANSACTIONS')[0]).not.toContain(`\`${database.name}\``);
});
