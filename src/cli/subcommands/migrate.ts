import { exitCodes, readDatabaseUrl } from '../../config/index.ts';
import { connect, migrate, migrationStates } from '../../db/index.ts';
import type { Command } from '../command-context.ts';
import { ownerUrl } from '../owner-url.ts';
import { setUpAccount } from '../set-up-account.ts';

export interface MigrateOptions {
  readonly dryRun: boolean;
  /** Also makes the account of the service and gives it its rights. */
  readonly grants: boolean;
  /** Host part of that account. */
  readonly host: string;
}

/** Brings the service's own tables up to date, with credentials of its own that may CREATE and ALTER. */
export const migrateCommand: Command<MigrateOptions> = async (
  { dryRun, grants, host },
  context,
) => {
  const { env, terminal } = context;
  const url = await ownerUrl(context);
  const databaseUrl = grants ? readDatabaseUrl(env, 'CREDITBRIDGE_DATABASE_URL') : undefined;
  const db = connect(url, 1);
  try {
    if (dryRun) {
      for (const { name, executedAt } of await migrationStates(db)) {
        terminal.out(executedAt ? `done     ${name}` : `pending  ${name}`);
      }
      return exitCodes.ok;
    }
    const done = await migrate(db);
    for (const name of done) terminal.out(`done  ${name}`);
    if (done.length === 0) terminal.out('The tables are up to date.');
    if (databaseUrl !== undefined) {
      await setUpAccount(db, url, { databaseUrl, host });
      terminal.out('The account of the service has its rights.');
    } else if (done.length > 0) {
      terminal.out('Run `creditbridge grants` next: new tables need rights.');
    }
    return exitCodes.ok;
  } finally {
    await db.destroy();
  }
};
