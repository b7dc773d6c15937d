import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParts, type Parts } from '../../src/app/index.ts';
import { createLogger } from '../../src/base/logger.ts';
import type { Db } from '../../src/db/index.ts';
import { createMoneyBack } from '../../src/follow/index.ts';
import { createAskedGrants, expiredGrants, refundedGrants } from '../../src/runs/index.ts';
import { saveSettingsLayer } from '../../src/settings/index.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { turnOn } from '../support/test-receiver.ts';
import { addClient, addCurrencies, addDeposit, addPayment } from '../support/whmcs-rows.ts';

const database = await createServiceDatabase(testDatabaseServer());
const { root } = database;
let parts: Parts;
beforeAll(async () => {
  await addCurrencies(root);
  await root.query(
    "UPDATE mod_creditbridge_tail SET state = 'following', epoch = 1, next_sequence = 1000000",
  );
  parts = await createParts(
    { databaseUrl: database.serviceUrl, rules: [], ruleTimeoutMs: 2000 },
    { log: createLogger('silent'), now: Date.now },
  );
});
afterAll(async () => {
  await parts.close();
  await database.drop();
});

const EXPIRY = { description: 'Expired' };
const LAST_DAY = '2025-01-08';
let day = 10;
let client = 0;
let grant = 0;
beforeEach(async () => {
  await root.query('DELETE FROM mod_creditbridge_grants');
  await root.query('DELETE FROM mod_creditbridge_commands');
  await moveToDay(10);
  await turnOn(database, 'deposit-bonus', { tiers: [] }, 'off');
  await turnOn(database, 'credit-expiry', EXPIRY, 'observe');
  client = await addClient(root, { credit: '10.00' });
  await root.query(
    `INSERT INTO mod_creditbridge_accounts (client_id, currency_id, epoch, is_open, balance_hundredths)
     VALUES (?, 1, 1, 1, 1000)`,
    [client],
  );
  grant = await addGrant({ expires_on: LAST_DAY });
});

async function moveToDay(number: number): Promise<void> {
  day = number;
  const date = `2025-01-${day}`;
  await root.query(
    `UPDATE mod_creditbridge_settings SET whmcs =
       JSON_SET(whmcs, '$.date', ?, '$.dateReadAt', ?)`,
    [date, `${date}T12:00:00.000000Z`],
  );
}

async function addGrant(members: Readonly<Record<string, unknown>>): Promise<number> {
  const id = await nextSequence();
  await root.query('INSERT INTO mod_creditbridge_grants SET ?', [
    {
      id,
      epoch: 1,
      client_id: client,
      currency_id: 1,
      kind: 'promotional',
      amount_hundredths: 500,
      remaining_hundredths: 500,
      ...members,
    },
  ]);
  return id;
}

/** A sequence as the ledger gives it: with an entry of the client. */
async function nextSequence(): Promise<number> {
  const [row] = await database.query<{ sequence: number }>(
    'SELECT next_sequence AS sequence FROM mod_creditbridge_tail',
  );
  const sequence = Number(row?.sequence);
  await root.query('UPDATE mod_creditbridge_tail SET next_sequence = next_sequence + 1');
  await root.query(
    `INSERT INTO mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account,
       amount_hundredths, kind, act, recorded_at)
     VALUES (?, 1, ?, 1, 'adjustment', ?, 1, 'adjustment', '{"do":"history"}', UTC_TIMESTAMP(6))`,
    [sequence, client, `client:${client}`],
  );
  return sequence;
}

/** What an entry draws from the grant, or returns to it. */
async function move(direction: 'draw' | 'return', hundredths: number): Promise<void> {
  const by = await nextSequence();
  await root.query(
    `INSERT INTO mod_creditbridge_draw_downs
       (epoch, client_id, grant_id, spend_sequence, by_sequence, direction, amount_hundredths)
     VALUES (1, ?, ?, ?, ?, ?, ?)`,
    [client, grant, by, by, direction, hundredths],
  );
  await root.query(
    'UPDATE mod_creditbridge_grants SET remaining_hundredths = remaining_hundredths + ? WHERE id = ?',
    [direction === 'draw' ? -hundredths : hundredths, grant],
  );
}

/** How often the rules were asked about a target. */
async function asked(target = `grant:${grant}`): Promise<number> {
  const [row] = await database.query<{ times: string }>(
    'SELECT COALESCE(SUM(times), 0) AS times FROM mod_creditbridge_decisions WHERE target = ?',
    [target],
  );
  return Number(row?.times);
}

const open = () =>
  database.query<{ amount: number }>(
    "SELECT hold_hundredths AS amount FROM mod_creditbridge_commands WHERE client_id = ? AND state = 'open'",
    [client],
  );

async function settle(state: 'stale' | 'refused' | 'done'): Promise<void> {
  await root.query(
    `UPDATE mod_creditbridge_commands SET state = ?, live_fact = IF(? = 'done', fact, NULL),
       settled_at = UTC_TIMESTAMP(6) WHERE client_id = ? AND state = 'open'`,
    [state, state, client],
  );
}

const freeze = () =>
  root.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     VALUES (?, 'Chargeback', 'admin:1', UTC_TIMESTAMP(6))`,
    [client],
  );

async function differ(): Promise<void> {
  await root.query(
    `INSERT INTO mod_creditbridge_drifts VALUES (?, 1, 'open', 1000, 900, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))`,
    [client],
  );
}

/** Passes that no change came before ask nothing. */
async function expectNothingAsked(): Promise<void> {
  const before = await asked();
  await parts.tellDueGrants();
  await parts.tellDueGrants();
  expect(await asked()).toBe(before);
}

describe('the rules are asked about an expired grant once, and again after', () => {
  const changes: readonly {
    readonly what: string;
    readonly before?: () => Promise<unknown>;
    readonly change: () => Promise<unknown>;
  }[] = [
    { what: 'a new day', change: () => moveToDay(day + 1) },
    { what: 'a change of the rule', change: () => turnOn(database, 'credit-expiry', EXPIRY, 'on') },
    {
      what: 'a change of the rule for the client alone',
      change: () =>
        parts.db.transaction().execute((trx) =>
          saveSettingsLayer(trx, {
            rule: 'credit-expiry',
            layer: 'client',
            layerId: client,
            mode: 'on',
            settings: EXPIRY,
            by: 'admin:1',
            reason: 'test',
            at: new Date(),
          }),
        ),
    },
    { what: 'a draw-down', change: () => move('draw', 100) },
    {
      what: 'a return',
      before: () => move('draw', 100),
      change: () => move('return', 100),
    },
    ...(['stale', 'refused'] as const).map((state) => ({
      what: `a command that became ${state}`,
      before: () => turnOn(database, 'credit-expiry', EXPIRY, 'on'),
      change: () => settle(state),
    })),
    {
      what: 'a command that was done and left a rest',
      before: () => turnOn(database, 'credit-expiry', EXPIRY, 'on'),
      change: async () => {
        await settle('done');
        await move('draw', 200);
      },
    },
    {
      what: 'the thaw of its client',
      before: async () => {
        await turnOn(database, 'credit-expiry', EXPIRY, 'on');
        await freeze();
      },
      change: () => root.query('DELETE FROM mod_creditbridge_frozen_clients'),
    },
    {
      what: 'the end of a difference between WHMCS and the ledger',
      before: async () => {
        await turnOn(database, 'credit-expiry', EXPIRY, 'on');
        await differ();
      },
      change: () => root.query('DELETE FROM mod_creditbridge_drifts'),
    },
  ];

  test.each(changes)('$what', async ({ before = async () => undefined, change }) => {
    await before();
    await parts.tellDueGrants();
    expect(await asked()).toBe(1);
    await expectNothingAsked();
    await change();
    await parts.tellDueGrants();
    expect(await asked()).toBe(2);
    await expectNothingAsked();
  });
});

test('credit of a client who is thawed, or whose rule is turned on, is taken by the next pass', async () => {
  await freeze();
  await turnOn(database, 'credit-expiry', EXPIRY, 'on');
  expect(await parts.tellDueGrants()).toBe(0);
  await root.query('DELETE FROM mod_creditbridge_frozen_clients');
  expect(await parts.tellDueGrants()).toBe(1);
  expect(await open()).toEqual([{ amount: 500 }]);
});

test('the grant of a refunded deposit is asked about once, and again after a further refund', async () => {
  await turnOn(
    database,
    'deposit-bonus',
    { tiers: [{ from: { 1: '10.00' }, percent: '10' }] },
    'observe',
  );
  const invoice = await addDeposit(root, { client, total: '10.00' });
  await addGrant({ follows_invoice_id: invoice });
  await addPayment(root, { client, invoice, amountIn: '10.00' });
  const moneyBack = createMoneyBack(parts.db);
  const refund = async () => {
    await addPayment(root, { client, invoice, amountOut: '5.00' });
    await moneyBack.look(new Date());
  };
  await moneyBack.look(new Date());
  await refund();
  const target = `invoice:${invoice}`;
  await parts.tellDueGrants();
  expect(await asked(target)).toBe(1);
  await parts.tellDueGrants();
  expect(await asked(target)).toBe(1);
  await refund();
  await parts.tellDueGrants();
  expect(await asked(target)).toBe(2);
});

test('a pass over several pages asks about each grant once', async () => {
  await root.query(
    `INSERT INTO mod_creditbridge_grants (id, epoch, client_id, currency_id, kind, amount_hundredths,
       remaining_hundredths, expires_on)
     SELECT 20000000 + seq, 1, ?, 1, 'promotional', 500, 500,
       IF(seq % 3 = 0, '2025-01-05', '2025-01-06') FROM ${numbersTo(1100)}`,
    [client],
  );
  await parts.tellDueGrants();
  const times = () =>
    database.query(
      `SELECT COUNT(*) AS grants, MAX(times) AS most FROM mod_creditbridge_decisions
       WHERE client_id = ? AND target LIKE 'grant:%'`,
      [client],
    );
  expect(await times()).toEqual([{ grants: 1101, most: 1 }]);
  await parts.tellDueGrants();
  expect(await times()).toEqual([{ grants: 1101, most: 1 }]);
});

test('a hundred thousand expired grants that were asked about cost a pass nothing', async () => {
  await freeze();
  await parts.tellDueGrants();
  const before = await rowsRead();
  await root.query(
    `INSERT INTO mod_creditbridge_grants (id, epoch, client_id, currency_id, kind, amount_hundredths,
       remaining_hundredths, expires_on, expiry_asked)
     SELECT 10000000 + seq, 1, IF(seq % 2 = 0, ?, 5000000 + seq), 1, 'promotional', 500, 500, ?,
       IF(seq % 2 = 0, g.expiry_asked, LEFT(g.expiry_asked, LOCATE(':stopped', g.expiry_asked) - 1))
     FROM ${numbersTo(100_000)} JOIN mod_creditbridge_grants g ON g.id = ?`,
    [client, LAST_DAY, grant],
  );
  // A few rows more or less: pages of an index that earlier tests left half empty.
  expect(await rowsRead()).toBeLessThan(before + 20);
  const [row] = await database.query<{ marks: number }>(
    'SELECT COUNT(DISTINCT expiry_asked) AS marks FROM mod_creditbridge_grants',
  );
  expect(row?.marks).toBe(2);
  await expectNothingAsked();
});

/** How many rows the server reads for a pass that finds nothing to ask. */
function rowsRead(): Promise<number> {
  return parts.db.connection().execute(async (db: Db) => {
    const sum = async () => {
      const { rows } = await sql<{ Value: string }>`
        SHOW SESSION STATUS LIKE 'Handler_read%'`.execute(db);
      return rows.reduce((total, { Value }) => total + Number(Value), 0);
    };
    const before = await sum();
    const date = `2025-01-${day}`;
    const asking = await createAskedGrants(db).begin(date);
    expect(await expiredGrants(db, date, null)).toEqual([]);
    expect(await refundedGrants(db, asking, null)).toEqual([]);
    return (await sum()) - before;
  });
}
