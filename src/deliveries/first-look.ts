import { sql, type Transaction } from 'kysely';
import {
  MOVABLE_COLUMNS,
  MOVABLE_JOINS,
  type MovableRow,
  type Movables,
  movablesOf,
} from '../commands/index.ts';
import type { Database } from '../db/index.ts';
import { SETTINGS_VERSION_JOIN } from '../settings/index.ts';

export interface FirstLook {
  readonly settingsVersion: string;
  readonly movables: Movables;
}

/** Reads what every batch asks first, whatever it holds, in one statement. */
export async function lookFirst(trx: Transaction<Database>): Promise<FirstLook> {
  const { rows } = await sql<MovableRow & { version: string | null }>`
    SELECT v.value AS version, ${MOVABLE_COLUMNS} FROM mod_creditbridge_settings s
    ${SETTINGS_VERSION_JOIN} ${MOVABLE_JOINS} WHERE s.id = 1 LIMIT 1`.execute(trx);
  return { settingsVersion: rows[0]?.version ?? '0', movables: movablesOf(rows[0]) };
}
