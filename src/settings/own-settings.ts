import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';

/** Where settings that belong to no rule stand among those of rules: ids of rules have no slash. */
export function ownSettings(name: `${string}/${string}`) {
  return { rule: name, layer: 'installation', layerId: 0 } as const;
}

/** What is stored there, as JSON; undefined before the first change. */
export async function readOwnSettings(
  db: Kysely<Database>,
  { rule, layer, layerId }: ReturnType<typeof ownSettings>,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select('settings')
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .executeTakeFirst();
  return row?.settings;
}
