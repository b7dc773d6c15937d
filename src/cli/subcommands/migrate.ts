import { exitCodes, MIGRATE_DATABASE_URL, readDatabaseUrl } from '../../config/index.ts';
import { connect, migrate, migrationStates } from '../../db/index.ts';
import type { Command } from '../command-context.ts';

/** Brings the service's own tables up to date, with credentials of its own that may CREATE and ALTER. */
export const migrateCommand: Command<{ readonly dryRun: boolean }> = async (
  { dryRun },
  { env, terminal },
) => {
  const db = connect(readDatabaseUrl(env, MIGRATE_DATABASE_URL), 1);
  try {
    if (dryRun) {
      for (const { name, executedAt } of await migrationStates(db)) {
        terminal.out(executedAt ? `done     ${name}` : `pending  ${name}`);
      }
      return exitCodes.ok;
    }
    const done = await migrate(db);
    for (const name of done) terminal.out(`done  ${name}`);
    terminal.out(
      done.length === 0
        ? 'The tables are up to date.'
        : 'Run `creditbridge grants` next: new tables need rights.',
    );
    return exitCodes.ok;
  } finally {
    await db.destroy();
  }
};
