import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/index.ts';

/** Returns the facts that a live command, a command that is no longer kept, a notice or parked credit already answers. */
export async function liveFacts(
  db: Kysely<Database>,
  facts: readonly string[],
): Promise<ReadonlySet<string>> {
  if (facts.length === 0) return new Set();
  const { rows } = await sql<{ fact: string }>`
    SELECT live_fact AS fact FROM mod_creditbridge_commands WHERE live_fact IN (${sql.join(facts)})
    UNION ALL
    SELECT fact FROM mod_creditbridge_answered_facts WHERE fact IN (${sql.join(facts)})
    UNION ALL
    SELECT fact FROM mod_creditbridge_notices WHERE fact IN (${sql.join(facts)})
    UNION ALL
    SELECT fact FROM mod_creditbridge_parkings WHERE fact IN (${sql.join(facts)})`.execute(db);
  return new Set(rows.map(({ fact }) => fact));
}
