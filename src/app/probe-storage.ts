import { sql } from 'kysely';
import { sharedTables } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { migrationStates } from '../db/index.ts';
import type { StorageState } from './readiness.ts';

/** The service must not see the table with the shim's secrets at all. */
const SEEN_TABLES = sharedTables.filter((name) => name !== 'mod_creditbridge_secrets');

/** Checks that the database answers, the addon is activated and our own tables are up to date. Never throws. */
export async function probeStorage(db: Db): Promise<StorageState> {
  try {
    const present = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN (${sql.join(SEEN_TABLES)})
    `.execute(db);
    const names = new Set(present.rows.map((row) => row.name));
    const missing = SEEN_TABLES.filter((name) => !names.has(name));
    if (missing.length > 0) return { kind: 'shared-tables-missing', missing };

    const states = await migrationStates(db);
    const pending = states.flatMap(({ name, executedAt }) => (executedAt ? [] : name));
    return pending.length > 0 ? { kind: 'migrations-pending', pending } : { kind: 'fit' };
  } catch (error) {
    return { kind: 'unreachable', reason: describe(error) };
  }
}

/** The driver's own message names the account and address but never the password. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'for an unknown reason.';
  const text = error.message === '' && 'code' in error ? String(error.code) : error.message;
  return `${text.replace(/\.$/, '')}.`;
}
