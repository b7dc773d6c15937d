import { sql } from 'kysely';
import { hiddenTables, sharedTables } from '../../bridge/index.ts';
import { newId } from '../base/index.ts';
import {
  type DatabaseTrouble,
  type Db,
  databaseTrouble,
  lookAtNotes,
  migrationStates,
  missingRights,
  toMoment,
} from '../db/index.ts';
import type { StorageState } from './readiness.ts';

const SEEN_TABLES = sharedTables.filter((name) => !hiddenTables.includes(name));

/** Two such rows fill a page of InnoDB, so three of them need a new one. Longer texts would lie outside, where room is kept. */
const LONG_ROW = { count: 3, bytes: 7000 } as const;

/**
 * Checks that the database answers and takes writes, the addon is activated, our own tables are up to date and the account has
 * its rights. Never throws.
 *
 * @param forRoom checks for room as well, by rows that it writes and rolls back.
 */
export async function probeStorage(db: Db, forRoom = false): Promise<StorageState> {
  try {
    const present = await sql<{ name: string }>`
      SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() AND table_name IN (${sql.join(SEEN_TABLES)})
    `.execute(db);
    const names = new Set(present.rows.map((row) => row.name));
    const hidden = SEEN_TABLES.filter((name) => !names.has(name));
    if (hidden.length > 0) return { kind: 'shared-tables-missing', missing: hidden };

    const states = await migrationStates(db);
    const pending = states.flatMap(({ name, executedAt }) => (executedAt ? [] : name));
    if (pending.length > 0) return { kind: 'migrations-pending', pending };

    const missing = await missingRights(db);
    if (missing.length > 0) return { kind: 'rights-missing', missing };
    // A column that is gone or hidden, after a restore or a REVOKE, may be the trouble that work met.
    await lookAtNotes(db);
    if (forRoom) await lookForRoom(db);
    return { kind: 'fit' };
  } catch (error) {
    return { kind: 'trouble', trouble: databaseTrouble(error) ?? unknownTrouble(error) };
  }
}

/** Writes rows that need a new page, and rolls them back. */
async function lookForRoom(db: Db): Promise<void> {
  const transaction = await db.startTransaction().execute();
  const at = toMoment(new Date());
  const rows = Array.from({ length: LONG_ROW.count }, () => ({
    id: newId(),
    type: 'LookForRoom',
    item_sha256: Buffer.alloc(32),
    item: 'x'.repeat(LONG_ROW.bytes),
    outcome: 'refused',
    client_id: null,
    invoice_id: null,
    caused_by: null,
    fired_at: at,
    received_at: at,
  }));
  try {
    await transaction.insertInto('mod_creditbridge_deliveries').values(rows).execute();
  } finally {
    await transaction.rollback().execute();
  }
}

function unknownTrouble(error: unknown): DatabaseTrouble {
  const words = error instanceof Error ? error.message : String(error);
  return { kind: 'server-fault', sentence: `The database cannot be used: ${words}` };
}
