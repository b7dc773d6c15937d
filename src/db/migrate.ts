import { promises as fs } from 'node:fs';
import path from 'node:path';
import { sql } from 'kysely';
import { FileMigrationProvider, Migrator } from 'kysely/migration';
import { StorageError } from '../base/index.ts';
import type { Db } from './connect.ts';

const TABLE = 'mod_creditbridge_migrations';
const FOLDER = path.join(import.meta.dirname, '../../migrations');

export interface MigrationState {
  readonly name: string;
  readonly executedAt: Date | undefined;
}

/**
 * Lists all migrations in order, and which of them this database has; after going back to an older release, also those that a newer
 * one has done. Reads our own table only.
 */
export async function migrationStates(db: Db): Promise<readonly MigrationState[]> {
  const known = await migrator(db).getMigrations();
  const states = known.map(({ name, executedAt }) => ({ name, executedAt }));
  const isFresh = states.every(({ executedAt }) => executedAt === undefined);
  return isFresh ? states : [...states, ...(await readNewer(db, states))];
}

async function readNewer(db: Db, known: readonly MigrationState[]): Promise<MigrationState[]> {
  const names = new Set(known.map(({ name }) => name));
  const { rows } = await sql<{ name: string; timestamp: string }>`
    SELECT name, timestamp FROM ${sql.table(TABLE)} ORDER BY name`.execute(db);
  return rows
    .filter(({ name }) => !names.has(name))
    .map(({ name, timestamp }) => ({ name, executedAt: new Date(timestamp) }));
}

/**
 * Migrates the service's tables; needs a connection that may CREATE and ALTER. Two callers at once wait for each other. Tables of a
 * newer release stay as they are: migrations only add.
 *
 * @returns the names of the migrations done by this call.
 * @throws {StorageError} `migration-failed`. MySQL cannot roll back DDL: the changes of the failed migration stay.
 */
export async function migrate(db: Db): Promise<readonly string[]> {
  if (await hasAll(db)) return [];
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

/** Kysely takes migrations that it does not know for damage. */
async function hasAll(db: Db): Promise<boolean> {
  const states = await migrationStates(db).catch(() => []);
  return states.length > 0 && states.every(({ executedAt }) => executedAt !== undefined);
}

function migrator(db: Db): Migrator {
  return new Migrator({
    db,
    provider: new FileMigrationProvider({ fs, path, migrationFolder: FOLDER }),
    migrationTableName: TABLE,
    migrationLockTableName: 'mod_creditbridge_migration_lock',
  });
}
