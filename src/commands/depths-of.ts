import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';

/** Reads how many commands led to each of these, counting itself. Leaves out unknown ones. */
export async function depthsOf(
  db: Kysely<Database>,
  commandIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (commandIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('mod_creditbridge_commands')
    .select(['id', 'depth'])
    .where('id', 'in', commandIds)
    .execute();
  return new Map(rows.map(({ id, depth }) => [id, depth]));
}
