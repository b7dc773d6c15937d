import { readFileSync } from 'node:fs';
import { sql } from 'kysely';
import { v7 as newId } from 'uuid';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { countOverdueCommands, countWaiting } from '../../src/commands/index.ts';
import type { Db } from '../../src/db/index.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import { hookItem } from '../support/hook-item.ts';
import { numbersTo } from '../support/numbers-to.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { createTestReceiver } from '../support/test-receiver.ts';

interface Reason {
  readonly why: string;
  readonly block: readonly string[];
  readonly release: readonly string[];
}

const VECTORS = new URL('../../bridge/vectors/runnable.json', import.meta.url);
const reasons: readonly Reason[] = JSON.parse(readFileSync(VECTORS, 'utf8'));

const database = await createServiceDatabase(testDatabaseServer());
const { root } = database;
const engine = await createEngine({ rules: [], timeoutMs: 2000 });
const receiver = createTestReceiver(database, engine);
afterAll(async () => {
  await receiver.close();
  await engine.close();
  await database.drop();
});

const CLIENT = 4_000_000;
const INVOICE = 4_000_009;
beforeEach(async () => {
  for (const table of ['commands', 'leases', 'frozen_clients']) {
    await root.query(`DELETE FROM mod_creditbridge_${table}`);
  }
});

async function writeCommand(members: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const id = newId();
  const row = {
    id,
    fact: `test:${id}`,
    client_id: CLIENT,
    action: 'AddCredit',
    parameters: '{}',
    expects: '{}',
    rule: 'test',
    created_at: '2026-01-01 00:00:00',
    ...members,
  };
  await root.query('INSERT INTO mod_creditbridge_commands SET ?', [row]);
  return id;
}

/** What a reply says, and what the doorbell is rung for. */
async function counts() {
  const { results, waiting } = await receiver.receive([hookItem('ClientEdit', { userid: 1 })]);
  expect(results).toHaveLength(1);
  return { waiting, overdue: await countOverdueCommands(receiver.db, new Date()) };
}

describe('a command that cannot run is not counted in a reply, and the doorbell is not rung for it', () => {
  test.each(reasons)('while $why', async ({ block, release }) => {
    const id = await writeCommand();
    const apply = async (statements: readonly string[]) => {
      for (const statement of statements) {
        const named = statement
          .replaceAll('{client}', String(CLIENT))
          .replaceAll('{invoice}', String(INVOICE))
          .replaceAll('{command}', id);
        await root.query(named);
      }
    };
    expect(await counts()).toEqual({ waiting: 1, overdue: 1 });
    await apply(block);
    expect(await counts()).toEqual({ waiting: 0, overdue: 0 });
    await apply(release);
    expect(await counts()).toEqual({ waiting: 1, overdue: 1 });
  });
});

test('a command that a process left running counts once its lock is free', async () => {
  const id = await writeCommand({ state: 'running', lease_until: '2020-01-01 00:00:00' });
  await root.query("SELECT GET_LOCK(CONCAT('creditbridge:', ?), 0)", [id]);
  expect(await counts()).toEqual({ waiting: 0, overdue: 0 });
  await root.query("SELECT RELEASE_LOCK(CONCAT('creditbridge:', ?))", [id]);
  expect(await counts()).toEqual({ waiting: 1, overdue: 1 });
});

test('the doorbell leaves the shim some seconds to take a command', async () => {
  await writeCommand({ created_at: '2026-01-01 00:00:10' });
  const overdueAt = (text: string) => countOverdueCommands(receiver.db, new Date(text));
  expect(await overdueAt('2026-01-01T00:00:09Z')).toBe(0);
  expect(await overdueAt('2026-01-01T00:00:10Z')).toBe(1);
});

test('counting reads no table whole, and no command at all while everything is frozen', async () => {
  for (let index = 0; index < 30; index++) await writeCommand({ client_id: CLIENT + index });
  const reads = await rowsRead((db) => countWaiting(db, 100));
  await root.query(
    `INSERT INTO mod_creditbridge_commands
       (id, fact, client_id, action, parameters, expects, rule, state, created_at)
     SELECT UUID(), CONCAT('test:', seq), ${CLIENT} + seq % 1000, 'AddCredit', '{}', '{}', 'test', 'done',
       UTC_TIMESTAMP(6) FROM ${numbersTo(20_000)}`,
  );
  await root.query(
    `INSERT INTO mod_creditbridge_leases (client_id, fence) SELECT seq, 1 FROM ${numbersTo(20_000)}`,
  );
  await root.query(
    `INSERT INTO mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at)
     SELECT seq, 'test', 'admin:1', UTC_TIMESTAMP(6) FROM ${numbersTo(20_000)}`,
  );
  await root.query(
    'ANALYZE TABLE mod_creditbridge_commands, mod_creditbridge_leases, mod_creditbridge_frozen_clients',
  );
  expect(await rowsRead((db) => countWaiting(db, 100))).toBeLessThanOrEqual(reads + 30);
  expect(await rowsRead((db) => countOverdueCommands(db, new Date()))).toBeLessThanOrEqual(
    reads + 30,
  );
  await root.query('UPDATE mod_creditbridge_settings SET frozen = 1');
  expect(await rowsRead((db) => countWaiting(db, 100))).toBeLessThan(10);
  await root.query('UPDATE mod_creditbridge_settings SET frozen = 0');
});

/** How many rows the server reads for a count, from tables and indexes. */
function rowsRead(count: (db: Db) => Promise<number>): Promise<number> {
  return receiver.db.connection().execute(async (connection) => {
    const sum = async () => {
      const { rows } = await sql<{ Variable_name: string; Value: string }>`
        SHOW SESSION STATUS LIKE 'Handler_read%'`.execute(connection);
      return rows.reduce((total, { Value }) => total + Number(Value), 0);
    };
    const before = await sum();
    await count(connection);
    return (await sum()) - before;
  });
}
