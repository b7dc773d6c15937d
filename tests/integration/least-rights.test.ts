import { createConnection } from 'mysql2/promise';
import { afterAll, expect, test } from 'vitest';
import { grantStatements } from '../../src/db/index.ts';
import { createServiceDatabase } from '../support/service-database.ts';
import { testDatabaseServer } from '../support/test-database-server.ts';

const database = await createServiceDatabase(testDatabaseServer());
const service = await createConnection(database.serviceUrl);
afterAll(async () => {
  await service.end();
  await database.drop();
});

const NO_TABLE_RIGHT = 1142;
const NO_COLUMN_RIGHT = 1143;

test.each([
  ['UPDATE tblclients SET credit = 1000', NO_TABLE_RIGHT],
  ['UPDATE tblinvoices SET status = "Paid"', NO_TABLE_RIGHT],
  ['INSERT INTO tblcredit (clientid, amount) VALUES (1, 5)', NO_TABLE_RIGHT],
  ['DELETE FROM tblaccounts', NO_TABLE_RIGHT],
  ['SELECT password FROM tblclients', NO_COLUMN_RIGHT],
  ['SELECT firstname, email FROM tblclients', NO_COLUMN_RIGHT],
  ['SELECT * FROM tblclients', NO_TABLE_RIGHT],
  ['SELECT password FROM tblhosting', NO_COLUMN_RIGHT],
  ['SELECT description FROM tblaccounts', NO_COLUMN_RIGHT],
  ['SELECT notes FROM tblinvoices', NO_COLUMN_RIGHT],
  ['SELECT id FROM tblusers', NO_TABLE_RIGHT],
  ['SELECT passwordhash FROM tbladmins', NO_COLUMN_RIGHT],
  ['SELECT value FROM tblconfiguration', NO_TABLE_RIGHT],
  ['SELECT value FROM tblpaymentgateways', NO_TABLE_RIGHT],
  ['SELECT value FROM tbladdonmodules', NO_TABLE_RIGHT],
  ['SELECT id FROM tblpaymethods', NO_TABLE_RIGHT],
  ['SELECT secret FROM mod_creditbridge_secrets', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_settings SET frozen = 1', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_commands SET state = "done"', NO_TABLE_RIGHT],
  ['DELETE FROM mod_creditbridge_commands', NO_TABLE_RIGHT],
  ['INSERT INTO mod_creditbridge_commands (id, state) VALUES ("x", "running")', NO_COLUMN_RIGHT],
  ['INSERT INTO mod_creditbridge_commands (id, attempts) VALUES ("x", 0)', NO_COLUMN_RIGHT],
  ['INSERT INTO mod_creditbridge_commands (id, witnesses) VALUES ("x", "{}")', NO_COLUMN_RIGHT],
  ['INSERT INTO mod_creditbridge_commands (id, credit_log_id) VALUES ("x", 1)', NO_COLUMN_RIGHT],
  ['SELECT * FROM mod_creditbridge_ceilings', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_ceilings SET daily_hundredths = 1', NO_TABLE_RIGHT],
  ['DELETE FROM mod_creditbridge_added', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_added SET amount_hundredths = 0', NO_TABLE_RIGHT],
  ['INSERT INTO mod_creditbridge_answers (command_id, admin_id) VALUES ("x", 2)', NO_TABLE_RIGHT],
  ['DELETE FROM mod_creditbridge_answers', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_approvals SET operation = "{}"', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_approvals SET proposed_by = "admin:2"', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_approvals SET amount_hundredths = 1', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_approvals SET expires_at = UTC_TIMESTAMP(6)', NO_COLUMN_RIGHT],
  ['INSERT INTO mod_creditbridge_approvals (id, state) VALUES ("x", "approved")', NO_COLUMN_RIGHT],
  ['INSERT INTO mod_creditbridge_spool (id) VALUES ("x")', NO_TABLE_RIGHT],
  ['DELETE FROM mod_creditbridge_rule_settings_history', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_rule_settings_history SET changed_by = "x"', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_entries SET amount_hundredths = 1', NO_COLUMN_RIGHT],
  ['UPDATE mod_creditbridge_draw_downs SET amount_hundredths = 1', NO_TABLE_RIGHT],
  ['UPDATE mod_creditbridge_audit SET actor = "nobody"', NO_COLUMN_RIGHT],
  ['CREATE TABLE mod_creditbridge_extra (id INT)', NO_TABLE_RIGHT],
  ['ALTER TABLE mod_creditbridge_clients ADD extra INT', NO_TABLE_RIGHT],
  ['DROP TABLE mod_creditbridge_deliveries', NO_TABLE_RIGHT],
])('the service may not: %s', async (statement, errno) => {
  await expect(service.query(statement)).rejects.toMatchObject({ errno });
});

test.each([
  'SELECT id, groupid, currency, credit, status FROM tblclients',
  'SELECT id, groupname FROM tblclientgroups',
  'SELECT `default`, rate FROM tblcurrencies',
  'SELECT gateway, transid, invoiceid FROM tblaccounts',
  "UPDATE mod_creditbridge_settings SET service_seen_at = UTC_TIMESTAMP(6), service_version = '1'",
  'SELECT item FROM mod_creditbridge_spool',
  'SELECT until FROM mod_creditbridge_leases',
  'SELECT name FROM mod_creditbridge_migrations',
  'DELETE FROM mod_creditbridge_once_tokens',
])('the service may: %s', async (statement) => {
  await expect(service.query(statement)).resolves.toBeDefined();
});

test('names in grants cannot break out of their quotes', () => {
  const statements = grantStatements({ user: "o'b\\", host: '%', database: 'we`ird' });
  expect(statements[0]).toMatch(/ON `we``ird`\.`tblclients` TO 'o''b\\\\'@'%'$/);
});
