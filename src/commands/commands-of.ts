import type { Db } from '../db/index.ts';

export interface CommandState {
  readonly id: string;
  readonly fact: string;
  readonly state: string;
  readonly reason: string;
}

/** An operation has three commands at most; each may have been tried a few times. */
const COMMANDS_MAX = 20;

/** Reads the commands that answer these facts, oldest first. */
export async function commandsOfFacts(
  db: Db,
  facts: readonly string[],
): Promise<readonly CommandState[]> {
  return db
    .selectFrom('mod_creditbridge_commands')
    .select(['id', 'fact', 'state', 'reason'])
    .where('fact', 'in', facts)
    .orderBy('id')
    .limit(COMMANDS_MAX)
    .execute();
}
