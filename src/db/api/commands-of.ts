import type { CommandState } from '../../api/index.ts';
import type { Db } from '../connect.ts';

/** An operation has three commands at most; each may have been tried a few times. */
const COMMANDS_MAX = 20;

/** The commands that answer these facts, oldest first. */
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
