import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { connect, grantStatements, lookAtTables, migrate } from '../../src/db/index.ts';
import { type DatabaseAddress, databaseUrl } from './database-server.ts';
import { generousApprovals } from './generous-approvals.ts';
import type { WhmcsDatabase } from './whmcs-database.ts';

/** Who the service is to the database, with exactly the rights that `creditbridge grants` prints. */
export interface ServiceAccount {
  readonly user: string;
  readonly url: string;
}

/**
 * Makes the service's tables and its account, as `creditbridge migrate` and `creditbridge grants` do, without starting a process
 * for each. An account that is there already gets a new password.
 */
export async function makeServiceAccount(
  server: DatabaseAddress,
  database: Pick<WhmcsDatabase, 'name' | 'ownerUrl'>,
): Promise<ServiceAccount> {
  const migrator = connect(database.ownerUrl, 1);
  try {
    await migrate(migrator);
  } finally {
    await migrator.destroy();
  }
  const user = database.name.replace('whmcs_', 'service_');
  const password = randomBytes(12).toString('hex');
  const hasNotes = (await lookAtTables(database.ownerUrl)) !== 'absent';
  const grants = grantStatements({ user, host: '%', database: database.name, hasNotes });
  const root = await createConnection(databaseUrl(server, database.name));
  try {
    await generousApprovals((text, values = []) => root.query(text, [...values]));
    // MySQL has no CREATE OR REPLACE USER.
    await root.query(`DROP USER IF EXISTS '${user}'@'%'`);
    await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    for (const grant of grants) await root.query(grant);
  } finally {
    await root.end();
  }
  const url = databaseUrl({ ...server, rootUser: user, rootPassword: password }, database.name);
  return { user, url };
}

/** As an operator does after WHMCS was upgraded to 9, or a test's tables by `becomeNine`. */
export async function grantAgain(
  database: Pick<WhmcsDatabase, 'name' | 'root' | 'ownerUrl'>,
): Promise<void> {
  const user = database.name.replace('whmcs_', 'service_');
  const hasNotes = (await lookAtTables(database.ownerUrl)) !== 'absent';
  const grants = grantStatements({ user, host: '%', database: database.name, hasNotes });
  for (const grant of grants) await database.root.query(grant);
}
