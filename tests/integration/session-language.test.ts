import { sql } from 'kysely';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { connect, connectInPackets, insertRows } from '../../src/db/index.ts';
import { startDatabaseServer } from '../support/database-server.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { startSwappingProxy } from '../support/swapping-proxy.ts';

/** A server of its own, because what it says to each new connection is changed for all of them. */
const server = await startDatabaseServer();
const database = await createServiceDatabase(server);
const proxy = await startSwappingProxy(server);
const proxyUrl = Object.assign(new URL(database.serviceUrl), {
  hostname: proxy.address.host,
  port: String(proxy.address.port),
}).href;
afterAll(async () => {
  await proxy.close();
  await database.drop();
  await server.stop();
});

afterEach(async () => {
  proxy.sessionLeftWith = undefined;
  await database.query('DELETE FROM mod_creditbridge_state');
});

/** The bytes of each character end with one that, in that character set, takes a backslash as its second half. */
const SPLITS = { gbk: '縗', big5: '縡', sjis: '縗', latin1: 'é', utf8mb4: '縗' } as const;
const CHARSETS = Object.keys(SPLITS) as readonly (keyof typeof SPLITS)[];
const MODES = ['', 'NO_BACKSLASH_ESCAPES', 'ANSI_QUOTES'] as const;

/** Begins with what ends a text too early, and goes on with SQL that would read the nonce of the settings. */
const texts = (charset: keyof typeof SPLITS) =>
  [`${SPLITS[charset]}'`, "'", "\\'", '\\', '"', 'é', '\0\n'].map(
    (start) =>
      `${start}, (SELECT nonce FROM mod_creditbridge_settings)) ON DUPLICATE KEY UPDATE value = 'run' -- `,
  );

/** Writes the texts in each way the service has, on a connection that was never used before, and reads them back. */
async function writeAll(url: string, values: readonly string[]): Promise<readonly string[]> {
  const db = connect(url, 1);
  const packets = connectInPackets(url);
  try {
    for (const [index, value] of values.entries()) {
      await sql`INSERT INTO mod_creditbridge_state (name, value) VALUES (${`pool-${index}`}, ${value})`.execute(
        db,
      );
    }
    await packets.transaction(async (trx) => {
      const rows = values.map((value, index) => [`rows-${index}`, value]);
      await insertRows(trx, 'mod_creditbridge_state', ['name', 'value'], rows);
      for (const [index, value] of values.entries()) {
        await sql`INSERT INTO mod_creditbridge_state (name, value) VALUES (${`packet-${index}`}, ${value})`.execute(
          trx,
        );
      }
    });
  } finally {
    await packets.close();
    await db.destroy();
  }
  const stored = await database.query<{ value: string }>(
    'SELECT value FROM mod_creditbridge_state ORDER BY name',
  );
  return stored.map(({ value }) => value);
}

describe.each(CHARSETS)('where the server begins sessions in %s', (charset) => {
  test.each(MODES)('and with sql_mode %j, values stay values', async (mode) => {
    const init = `SET NAMES ${charset}, sql_mode = '${mode}'`;
    await database.query(`SET GLOBAL init_connect = ?`, [init]);
    const values = texts(charset);
    for (const tracked of ['', 'character_set_client']) {
      await database.query('DELETE FROM mod_creditbridge_state');
      await database.query('SET GLOBAL session_track_system_variables = ?', [tracked]);
      await expect(writeAll(database.serviceUrl, values)).resolves.toEqual([
        ...values,
        ...values,
        ...values,
      ]);
    }
  });

  test.each(MODES)(
    'and a proxy hands over sessions left with sql_mode %j, values stay values',
    async (mode) => {
      await database.query("SET GLOBAL init_connect = ''");
      await database.query("SET GLOBAL session_track_system_variables = ''");
      proxy.sessionLeftWith = `SET NAMES ${charset}, sql_mode = '${mode}'`;
      const values = texts(charset);
      await expect(writeAll(proxyUrl, values)).resolves.toEqual([...values, ...values, ...values]);
    },
  );
});

test('a session that begins otherwise is in utf8mb4 and strict before its first statement of ours', async () => {
  await database.query('SET GLOBAL init_connect = ?', ["SET NAMES gbk, sql_mode = ''"]);
  const asked = sql<Readonly<Record<string, string>>>`
    SELECT @@character_set_client AS client, @@character_set_connection AS texts,
      @@character_set_results AS results, @@sql_mode AS mode`;
  const ours = {
    client: 'utf8mb4',
    texts: 'utf8mb4',
    results: 'utf8mb4',
    mode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  };
  const db = connect(database.serviceUrl, 1);
  const packets = connectInPackets(database.serviceUrl);
  try {
    expect((await asked.execute(db)).rows).toEqual([ours]);
    expect((await packets.transaction((trx) => asked.execute(trx))).rows).toEqual([ours]);
  } finally {
    await packets.close();
    await db.destroy();
    await database.query("SET GLOBAL init_connect = ''");
  }
});

test('a connection costs one round trip more for all of it, and a statement none', async () => {
  const packets = connectInPackets(database.serviceUrl);
  const questions = async () => {
    const [row] = await database.query<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Questions'");
    return Number(row?.Value);
  };
  try {
    await packets.transaction(async () => undefined);
    const before = await questions();
    await packets.transaction((trx) => sql`SELECT ${'é'} AS text`.execute(trx));
    // The statement, BEGIN and COMMIT; and the question itself.
    expect((await questions()) - before).toBe(4);
  } finally {
    await packets.close();
  }
});

test('a text that found its way into a statement in another way is refused', async () => {
  const db = connect(database.serviceUrl, 1);
  try {
    await expect(sql.raw("SELECT 'é'").execute(db)).rejects.toThrow('ASCII only');
  } finally {
    await db.destroy();
  }
});

test('what connections replace in statements is only text in a value', async () => {
  const values = ['{{money a}}', '{{unknown}}'];
  await expect(writeAll(database.serviceUrl, values)).resolves.toEqual([
    ...values,
    ...values,
    ...values,
  ]);
});
