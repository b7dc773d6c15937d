import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { generateSecret } from '../../bridge/index.ts';
import { connect } from '../../src/db/index.ts';
import { eraseClients, eraseGoneClients, showClient } from '../../src/privacy/index.ts';
import { runCommand } from '../support/run-command.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { storeToken } from '../support/store-token.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';
import { addClient } from '../support/whmcs-rows.ts';

// What is kept of a client beside figures. Everything that a person may have written holds the client's name.

const nameOf = (clientId: number) => `Anna Example ${clientId}.`;

/** Tables with rows of a client in which nobody writes. */
const FIGURES_ONLY = [
  'added',
  'alone',
  'accounts',
  'clients',
  'draw_downs',
  'drifts',
  'gone_clients',
  'grants',
  'invoice_choices',
  'kept_off',
  'leases',
  'reservations',
  'unfunded',
];

const database = await createServiceDatabase(testDatabaseServer(), { seed: true });
const db = connect(database.serviceUrl);
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

let client: number;
beforeEach(async () => {
  client = await addClient(database.root);
  await write(client);
});

test('a deleted client without credit is found by absence, and nothing that a person wrote is left within a day', async () => {
  await remove(client);
  expect(await eraseGoneClients(db)).toBe(0n);
  expect((await texts(client)).length).toBeGreaterThan(8);
  await hoursPass(13);
  expect(await eraseGoneClients(db)).toBeGreaterThan(8n);
  expect(await texts(client)).toEqual([]);
  expect(await eraseGoneClients(db)).toBe(0n);
  expect(
    await database.query(
      'SELECT amount_hundredths AS amount FROM mod_creditbridge_entries WHERE client_id = ?',
      [client],
    ),
  ).toEqual([{ amount: 500 }]);
});

test('who comes back, and who has an account that is not closed, keeps the texts', async () => {
  const back = client;
  client = await addClient(database.root);
  await write(client);
  await database.query(
    'INSERT INTO mod_creditbridge_accounts (client_id, currency_id, epoch, balance_hundredths) SELECT ?, 1, epoch, 500 FROM mod_creditbridge_tail',
    [client],
  );
  const before = [await texts(back), await texts(client)];
  await remove(back);
  await remove(client);
  await eraseGoneClients(db);
  await hoursPass(13);
  await database.query('INSERT INTO tblclients SELECT * FROM taken_away WHERE id = ?', [back]);
  await eraseGoneClients(db);
  expect([await texts(back), await texts(client)]).toEqual(before);

  // Gone a second time, the time begins anew.
  await remove(back);
  expect(await eraseGoneClients(db)).toBe(0n);
});

test('of a client who stays, what acts stays: settings, choices, hooks, notices, what is frozen', async () => {
  await eraseClients(db, [client], 'living');
  const left = await texts(client);
  expect(left).toEqual([
    'deliveries',
    'frozen_clients',
    'notices',
    'preferences',
    'previews',
    'rule_settings',
    'rule_settings_history',
  ]);
});

test('the settings of another client, or of a group with the same number, stay', async () => {
  await database.query(
    "INSERT INTO mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at, reason) VALUES ('auto-apply', 'group', ?, 'on', '{}', 1, 'admin:1', NOW(), ?)",
    [client, nameOf(client)],
  );
  await remove(client);
  await eraseGoneClients(db);
  await hoursPass(13);
  await eraseGoneClients(db);
  expect(
    await database.query(
      'SELECT layer, reason FROM mod_creditbridge_rule_settings WHERE layer_id = ?',
      [client],
    ),
  ).toEqual([{ layer: 'group', reason: nameOf(client) }]);
});

test('what is still to be decided about a client stays until it is: an open finding, what is parked, today’s approval', async () => {
  await database.query(
    'UPDATE mod_creditbridge_findings SET settled_at = NULL WHERE client_id = ?',
    [client],
  );
  await database.query(
    'UPDATE mod_creditbridge_parkings SET settled_at = NULL WHERE client_id = ?',
    [client],
  );
  await database.query(
    'UPDATE mod_creditbridge_approvals SET decided_at = UTC_TIMESTAMP(6) WHERE client_id = ?',
    [client],
  );
  await eraseClients(db, [client], 'gone');
  const left = await texts(client);
  expect(left).toEqual(['approvals', 'findings', 'parkings']);
});

test('creditbridge privacy shows every row and erases in the name of an admin', async () => {
  const token = await storeToken(database, 1);
  const env = {
    CREDITBRIDGE_DATABASE_URL: database.serviceUrl,
    CREDITBRIDGE_SECRET_TO_SERVICE: generateSecret(),
    CREDITBRIDGE_SECRET_TO_WHMCS: generateSecret(),
  };
  const shown = await runCommand(['privacy', 'show', String(client)], env);
  const rows = shown.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(new Set(rows.map(({ table }) => table)).size).toBeGreaterThan(9);
  expect(rows.find(({ table }) => table === 'mod_creditbridge_entries')).toMatchObject({
    amount_hundredths: '500',
    description: nameOf(client),
  });
  expect(shown.err).toContain(`Rows about client #${client}: ${rows.length}.`);

  const erase = (...more: string[]) => ['privacy', 'erase', String(client), ...more];
  expect(await runCommand(erase(), env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('is still in WHMCS'),
  });
  expect(await runCommand(erase('--living'), env)).toMatchObject({
    code: 1,
    err: expect.stringContaining('CREDITBRIDGE_TOKEN is not set'),
  });
  expect(await texts(client)).toContain('entries');
  const erased = await runCommand(erase('--living'), { ...env, CREDITBRIDGE_TOKEN: token });
  expect(erased).toMatchObject({ code: 0, out: expect.stringContaining('entries: 1') });
  expect(await texts(client)).not.toContain('entries');
  expect(
    await database.query(
      "SELECT actor FROM mod_creditbridge_audit WHERE act = 'client-erase' AND target = ?",
      [`client:${client}`],
    ),
  ).toEqual([{ actor: 'admin:1' }]);
});

test('every table of ours with rows of clients is known', async () => {
  const tables = await database.query<{ name: string }>(
    `SELECT DISTINCT TABLE_NAME AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mod\\_creditbridge\\_%' AND COLUMN_NAME IN ('client_id', 'layer_id')`,
  );
  const known = new Set<string>(FIGURES_ONLY.map((name) => `mod_creditbridge_${name}`));
  for await (const { table } of showClient(db, client)) known.add(table);
  expect(tables.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([]);
});

/** Writes a row about the client wherever somebody may write, each with the client's name. */
async function write(id: number): Promise<void> {
  const name = nameOf(id);
  const command = randomUUID();
  const past = "'2026-01-01'";
  const statements: readonly (readonly [string, (string | number)[]])[] = [
    [
      `mod_creditbridge_deliveries (id, type, item_sha256, item, outcome, message, client_id, fired_at, received_at)
       VALUES (UUID(), 'X', '', ?, 'refused', ?, ?, ${past}, ${past})`,
      [name, name, id],
    ],
    [
      `mod_creditbridge_entries (sequence, epoch, client_id, currency_id, from_account, to_account, amount_hundredths, kind, act, description, reason, recorded_at)
       VALUES (?, 1, ?, 1, 'x', 'y', 500, 'unknown', '{}', ?, ?, ${past})`,
      [id, id, name, name],
    ],
    [
      `mod_creditbridge_commands (id, fact, client_id, action, parameters, expects, rule, state, created_at)
       VALUES (?, ?, ?, 'AddCredit', '{}', '{}', 'r', 'done', ${past})`,
      [command, command, id],
    ],
    [
      "mod_creditbridge_command_terms (command_id, kind, act, reason) VALUES (?, 'grant', '{}', ?)",
      [command, name],
    ],
    [
      `mod_creditbridge_approvals (id, client_id, operation, amount_hundredths, state, proposed_by, reason, proposed_at, expires_at, decided_at, decision_reason)
       VALUES (UUID(), ?, '{}', 1, 'rejected', 'admin:1', ?, ${past}, ${past}, ${past}, ?)`,
      [id, name, name],
    ],
    [
      `mod_creditbridge_parkings (id, fact, park_fact, client_id, currency_id, amount_hundredths, state, reason, decision_reason, found_at, settled_at)
       VALUES (UUID(), ?, 'x', ?, 1, 1, 'kept', ?, ?, ${past}, ${past})`,
      [`parked:${id}`, id, name, name],
    ],
    [
      `mod_creditbridge_findings (fact, kind, client_id, text, outcome, found_at, settled_at, reason)
       VALUES (?, 'gone', ?, ?, 'recorded', ${past}, ${past}, ?)`,
      [`found:${id}`, id, name, name],
    ],
    [
      `mod_creditbridge_notices (fact, level, rule, client_id, text, created_at) VALUES (?, 'info', 'r', ?, ?, ${past})`,
      [`notice:${id}`, id, name],
    ],
    [
      `mod_creditbridge_rule_settings (rule, layer, layer_id, mode, settings, version, changed_by, changed_at, reason)
       VALUES ('auto-apply', 'client', ?, 'on', '{}', 1, 'admin:1', ${past}, ?)`,
      [id, name],
    ],
    [
      `mod_creditbridge_rule_settings_history (rule, layer, layer_id, mode, settings, version, changed_by, changed_at, reason)
       VALUES ('auto-apply', 'client', ?, 'on', ?, 1, 'admin:1', ${past}, ?)`,
      [id, JSON.stringify({ description: name }), name],
    ],
    [
      `mod_creditbridge_previews (id, admin_id, rule, layer, layer_id, mode, settings, span, state, asked_at, looked_at, beat_at)
       VALUES (UUID(), 1, 'auto-apply', 'client', ?, 'on', ?, 'past', 'done', ${past}, ${past}, ${past})`,
      [id, JSON.stringify({ description: name })],
    ],
    [
      `mod_creditbridge_preferences (client_id, service_id, choice, changed_by, changed_at)
       VALUES (?, 0, 'keep', ?, ${past})`,
      [id, name],
    ],
    [
      `mod_creditbridge_frozen_clients (client_id, reason, frozen_by, frozen_at) VALUES (?, ?, 'admin:1', ${past})`,
      [id, name],
    ],
    [
      `mod_creditbridge_decisions (id, rule, target, client_id, event, outcome, trace, first_at, last_at)
       VALUES (UUID(), 'r', ?, ?, 'X', 'skipped', '{}', ${past}, ${past})`,
      [`client:${id}`, id],
    ],
    [
      `mod_creditbridge_noted_limits (operation_id, client_id, rule, mode, currency_id, amount_hundredths, because, actor)
       VALUES (UUID(), ?, 'r', 'on', 1, 1, 'Figures.', 'admin:1')`,
      [id],
    ],
  ];
  for (const [into, values] of statements) await database.root.query(`INSERT INTO ${into}`, values);
}

/** The tables of ours in which the client's name stands, in whatever column. */
async function texts(id: number): Promise<readonly string[]> {
  const columns = await database.query<{ table: string; column: string }>(
    `SELECT TABLE_NAME AS \`table\`, COLUMN_NAME AS \`column\` FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'mod\\_creditbridge\\_%' AND DATA_TYPE IN ('varchar', 'text', 'mediumtext')`,
  );
  const found = new Set<string>();
  for (const { table, column } of columns) {
    const [row] = await database.query(
      `SELECT 1 FROM ${table} WHERE LOCATE(?, \`${column}\`) > 0 LIMIT 1`,
      [nameOf(id)],
    );
    if (row !== undefined) found.add(table.replace('mod_creditbridge_', ''));
  }
  return [...found].sort();
}

/** WHMCS deletes the client. */
async function remove(id: number): Promise<void> {
  await database.query('CREATE TABLE IF NOT EXISTS taken_away LIKE tblclients');
  await database.query('REPLACE INTO taken_away SELECT * FROM tblclients WHERE id = ?', [id]);
  await database.query('DELETE FROM tblclients WHERE id = ?', [id]);
}

async function hoursPass(hours: number): Promise<void> {
  await database.query('UPDATE mod_creditbridge_gone_clients SET since = since - INTERVAL ? HOUR', [
    hours,
  ]);
}
