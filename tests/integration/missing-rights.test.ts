import { createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { connect, missingRights } from '../../src/db/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const server = testDatabaseServer();
const database = await createServiceDatabase(server);
const user = new URL(database.serviceUrl).username;
const account = `'${user}'@'%'`;
const own = (table: string) => `\`${database.name}\`.\`${table}\``;
afterAll(() => database.drop());

/** What an account lacks, on a connection of its own, as after a start. */
async function lacks(url = database.serviceUrl) {
  const db = connect(url, 1);
  try {
    return await missingRights(db);
  } finally {
    await db.destroy();
  }
}

const asRoot = (sql: string) => database.root.query(sql);

test('the rights of `creditbridge grants` are all that is needed', async () => {
  expect(await lacks()).toEqual([]);
});

test.each([
  ['SELECT (`credit`)', 'tblclients', 'SELECT (credit)'],
  ['SELECT (`id`, `amount`)', 'tblcredit', 'SELECT (id, amount)'],
  ['UPDATE (`halted`)', 'mod_creditbridge_settings', 'UPDATE (halted)'],
  ['INSERT (`depth`)', 'mod_creditbridge_commands', 'INSERT (depth)'],
  ['DELETE', 'mod_creditbridge_notices', 'DELETE'],
  ['SELECT', 'mod_creditbridge_migrations', 'SELECT'],
  [
    'SELECT, INSERT, UPDATE, DELETE',
    'mod_creditbridge_decisions',
    'SELECT, INSERT, UPDATE, DELETE',
  ],
])('a missing %s on %s is named, and the statement given mends it', async (right, table, what) => {
  await asRoot(`REVOKE ${right} ON ${own(table)} FROM ${account}`);
  const missing = await lacks();
  expect(missing).toEqual([
    { what: `${what} on ${table}`, grant: `GRANT ${right} ON ${own(table)} TO ${account}` },
  ]);
  await asRoot(missing[0]?.grant ?? '');
  expect(await lacks()).toEqual([]);
});

test('every table from which nothing may be deleted is named', async () => {
  for (const table of ['mod_creditbridge_notices', 'mod_creditbridge_state']) {
    await asRoot(`REVOKE DELETE ON ${own(table)} FROM ${account}`);
  }
  const missing = await lacks();
  expect(missing.map(({ what }) => what)).toEqual([
    'DELETE on mod_creditbridge_notices',
    'DELETE on mod_creditbridge_state',
  ]);
  for (const { grant } of missing) await asRoot(grant);
});

test('rights on the whole database count, and so do those of a role', async () => {
  expect(await lacks(database.ownerUrl)).toEqual([]);
  await asRoot(`REVOKE SELECT (\`credit\`) ON ${own('tblclients')} FROM ${account}`);
  await asRoot(`CREATE ROLE ${user}_role`);
  await asRoot(`GRANT SELECT ON ${own('tblclients')} TO ${user}_role`);
  await asRoot(`GRANT ${user}_role TO ${account}`);
  expect(await lacks()).toHaveLength(1);
  const [{ version } = { version: '' }] = await database.query<{ version: string }>(
    'SELECT VERSION() AS version',
  );
  const whose = version.includes('MariaDB') ? 'FOR' : 'TO';
  await asRoot(`SET DEFAULT ROLE ${user}_role ${whose} ${account}`);
  expect(await lacks()).toEqual([]);
  await asRoot(`DROP ROLE ${user}_role`);
  await asRoot(`GRANT SELECT (\`credit\`) ON ${own('tblclients')} TO ${account}`);
});

test('rights of the same user at any host count for the account of one host, as the server has it', async () => {
  const [password, host] = ['of-one-host', '127.0.0.1'];
  await asRoot(`CREATE USER '${user}'@'${host}' IDENTIFIED BY '${password}'`);
  const url = `mysql://${user}:${password}@${host}:${server.port}/${database.name}`;
  const connection = await createConnection(url);
  const [shown] = await connection.query('SHOW GRANTS');
  await connection.end();
  expect(shown).toHaveLength(1);
  expect(await lacks(url)).toEqual([]);
  await asRoot(`DROP USER '${user}'@'${host}'`);
});
