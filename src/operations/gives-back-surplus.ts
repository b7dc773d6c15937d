import type { Transaction } from 'kysely';
import { z } from 'zod';
import { type Database, type Db, readStored } from '../db/index.ts';
import { saveSettingsLayer } from '../settings/index.ts';
import type { Change } from './approval-amounts.ts';

/** Where it stands among the settings: no rule can have this name, whose ids have no slash. */
const KEY = { rule: 'operations/over-credited', layer: 'installation', layerId: 0 } as const;

const stored = z.strictObject({ givesBack: z.boolean() });

/** Whether credit that an invoice does not need is given back without an admin; not before somebody said so. */
export async function readGivesBackSurplus(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select('settings')
    .where('rule', '=', KEY.rule)
    .where('layer', '=', KEY.layer)
    .where('layer_id', '=', KEY.layerId)
    .executeTakeFirst();
  return row !== undefined && readStored(stored, row.settings)?.givesBack === true;
}

/** Writes a new version; the one before stays in the history. */
export async function saveGivesBackSurplus(
  trx: Transaction<Database>,
  givesBack: boolean,
  change: Change,
): Promise<void> {
  await saveSettingsLayer(trx, { ...KEY, mode: 'on', settings: { givesBack }, ...change });
}
