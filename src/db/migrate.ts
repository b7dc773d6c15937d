import { promises as fs } from 'node:fs';
import path from 'node:path';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import { StorageError } from '../base/index.ts';
import type { Db } from './connect.ts';

const FOLDER = path.join(import.meta.dirname, '../../migrations');

export interface MigrationState {
  readonly name: string;
  readonly executedAt: Date | undefined;
}

/** Lists all migrations in order, and which of them this database has. Reads our own table only. */
export async function migrationStates(db: Db): Promise<readonly MigrationState[]> {
  const all = await migrator(db).getMigrations();
  return all.map(({ name, executedAt }) => ({ name, executedAt }));
}

/**
 * Migrates the service's tables; needs a connection that may CREATE and ALTER. Two callers at once wait for each other.
 *
 * @returns the names of the migrations done by this call.
 * @throws {StorageError} `migration-failed`. MySQL cannot roll back DDL: the changes of the failed migration stay.
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  const { error, results } = await migrator(db).migrateToLatest();
  if (error !== undefined) {
    const failed = results?.find(({ status }) => status === 'Error')?.migrationName;
    const reason = error instanceof Error ? error.message : String(error);
    const sentence =
      failed === undefined
        ? `The tables cannot be migrated: ${reason}. Check CREDITBRIDGE_MIGRATE_DATABASE_URL, and that its account may CREATE and ALTER.`
        : `Migration ${failed} failed: ${reason}`;
    throw new StorageError('migration-failed', sentence, { cause: error });
  }
  return (results ?? []).map(({ migrationName }) => migrationName);
}

function migrator(db: Db): Migrator {
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: FOLDER }),
    migrationTableName: 'mod_creditbridge_migrations',
    migrationLockTableName: 'mod_creditbridge_migration_lock',
  });
}
