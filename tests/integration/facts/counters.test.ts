import { v7 as newId } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../../../src/db/index.ts';
import { counted } from '../../../src/rules/index.ts';
import { factsIn, loadFactsOf } from '../../support/facts-of.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { testDatabaseServer } from '../../support/test-database-server.ts';
import { addClient, addCurrencies } from '../../support/whmcs-rows.ts';

// What rules did for a client, as they may count it. Now is 22 November 2026, noon in Berlin.

const database = await createServiceDatabase(testDatabaseServer());
const db = connect(database.serviceUrl, 2);

beforeAll(() => addCurrencies(database.root));

afterAll(async () => {
  await db.destroy();
  await database.drop();
});

interface Did {
  readonly client: number;
  readonly rule?: string;
  readonly effect: string;
  readonly hundredths?: bigint;
  readonly at: string;
  readonly outcome?: string;
  /** Of its command; none when absent. */
  readonly state?: string;
}

async function did({ client, rule = 'gifts', effect, at, state, ...more }: Did): Promise<void> {
  const { hundredths = 0n, outcome = 'effect' } = more;
  const id = newId();
  await database.query(
    `INSERT INTO mod_creditbridge_decisions (id, rule, target, repeat_key, client_id, event, outcome, effect, amount_hundredths, trace, first_at, last_at)
     VALUES (?, ?, 'invoice:1', ?, ?, 'InvoicePaid', ?, ?, ?, '[]', ?, ?)`,
    [id, rule, id, client, outcome, effect, hundredths, at, at],
  );
  if (state === undefined) return;
  await database.query(
    `INSERT INTO mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, amount_hundredths, rule, state, created_at)
     VALUES (?, ?, ?, 'AddCredit', '{}', '{}', ?, ?, ?, ?)`,
    [id, id, client, hundredths, rule, state, at],
  );
}

const countersOf = async (...clients: readonly number[]) => {
  const loaded = await loadFactsOf(db, { clients, needs: ['counters'] });
  return clients.map((client) => factsIn(loaded, client).counters);
};

test('effects are counted by rule and day of WHMCS, for each client alone', async () => {
  const anna = await addClient(database.root);
  const ben = await addClient(database.root, { currency: 3 });
  const gift = { client: anna, effect: 'grant', state: 'done' };
  await did({ ...gift, hundredths: 500n, at: '2026-11-20 10:00:00' });
  await did({ ...gift, hundredths: 200n, at: '2026-11-20 20:00:00' });
  // In Berlin it is the 21st.
  await did({ ...gift, hundredths: 100n, at: '2026-11-20 23:30:00' });
  await did({ ...gift, rule: 'others', hundredths: 900n, at: '2026-11-20 10:00:00' });
  await did({ client: anna, effect: 'mail', state: 'done', at: '2026-11-21 10:00:00' });
  await did({ client: anna, effect: 'notify', at: '2026-11-21 11:00:00' });
  await did({ ...gift, client: ben, hundredths: 50_000n, at: '2026-11-22 10:00:00' });
  const [annas = [], bens = []] = await countersOf(anna, ben);
  const rule = 'gifts';
  expect(annas.filter((one) => one.rule === rule)).toEqual([
    { rule, effect: 'notify', on: '2026-11-21', count: 1, amountHundredths: 0n },
    { rule, effect: 'mail', on: '2026-11-21', count: 1, amountHundredths: 0n },
    { rule, effect: 'grant', on: '2026-11-21', count: 1, amountHundredths: 100n },
    { rule, effect: 'grant', on: '2026-11-20', count: 2, amountHundredths: 700n },
  ]);
  expect(annas.filter((one) => one.rule === 'others')).toHaveLength(1);
  expect(bens).toMatchObject([{ on: '2026-11-22', amountHundredths: 50_000n }]);
});

test('what is on its way or in doubt counts; what was stale, refused, only observed, or has lost its command does not', async () => {
  const client = await addClient(database.root);
  const at = '2026-11-20 10:00:00';
  for (const state of ['open', 'running', 'done', 'unknown', 'stale', 'refused']) {
    await did({ client, effect: 'remove', hundredths: 100n, at, state });
  }
  await did({ client, effect: 'remove', hundredths: 100n, at });
  await did({ client, effect: 'remove', hundredths: 100n, at, outcome: 'observed' });
  const [counters = []] = await countersOf(client);
  expect(counted(counters, 'remove', '2026-01-01')).toEqual({ count: 4, amountHundredths: 400n });
});

test('a year counts, and what is older does not', async () => {
  const client = await addClient(database.root);
  const gift = { client, effect: 'grant', state: 'done', hundredths: 100n };
  await did({ ...gift, at: '2025-11-21 12:00:00' });
  await did({ ...gift, at: '2025-11-20 12:00:00' });
  const [counters = []] = await countersOf(client);
  expect(counters.map(({ on }) => on)).toEqual(['2025-11-21']);
  expect(counted(counters, 'grant', '2025-11-22').count).toBe(0);
});
