import { sql } from 'kysely';
import { describeObstacle, probeStorage } from '../app/index.ts';
import { StorageError } from '../base/index.ts';
import { connect, type Db, grantStatements, lookAtTables, quoteAccount } from '../db/index.ts';

/** The account of the service, as its address names it. */
export interface ServiceAccount {
  readonly user: string;
  readonly password: string;
  /** Host part of the account. */
  readonly host: string;
  readonly database: string;
}

/** Reads the account out of the address of the database. */
export function accountOf(databaseUrl: string, host: string): ServiceAccount {
  const { username, password, pathname } = new URL(databaseUrl);
  return {
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    host,
    database: decodeURIComponent(pathname.slice(1)),
  };
}

/** The statement that makes the account, without a semicolon; one that is there already keeps its password. */
export function createStatement({ user, host, password }: ServiceAccount): string {
  const text = password.replaceAll('\\', '\\\\').replaceAll("'", "''");
  return `CREATE USER IF NOT EXISTS ${quoteAccount(user, host)} IDENTIFIED BY '${text}'`;
}

/**
 * Makes the account of the service if it is not there, gives it its rights, and tries it. The tables must exist.
 *
 * @throws {StorageError} `account-not-fit` with what is still missing; the driver's errors when the owner may not do it.
 */
export async function setUpAccount(
  owner: Db,
  ownerUrl: string,
  { databaseUrl, host }: { readonly databaseUrl: string; readonly host: string },
): Promise<void> {
  const seen = await probeStorage(owner);
  if (seen.kind === 'shared-tables-missing') {
    throw new StorageError('account-not-fit', String(describeObstacle(seen)));
  }
  const account = accountOf(databaseUrl, host);
  const hasNotes = (await lookAtTables(ownerUrl)) !== 'absent';
  for (const statement of [
    createStatement(account),
    ...grantStatements({ ...account, hasNotes }),
  ]) {
    await sql.raw(statement).execute(owner);
  }
  const service = connect(databaseUrl, 1);
  try {
    const obstacle = describeObstacle(await probeStorage(service));
    if (obstacle === undefined) return;
    throw new StorageError(
      'account-not-fit',
      `The rights are given, but the service cannot use them: ${obstacle} If the account was there before with another password: ALTER USER ${quoteAccount(account.user, host)} IDENTIFIED BY the password in CREDITBRIDGE_DATABASE_URL.`,
    );
  } finally {
    await service.destroy();
  }
}
