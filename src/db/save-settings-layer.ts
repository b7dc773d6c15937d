import type { Transaction } from 'kysely';
import type { LayerChange } from '../admin/index.ts';
import { bumpSettingsVersion } from './bump-settings-version.ts';
import { clip } from './clip.ts';
import { toMoment } from './moment.ts';
import type { Database } from './tables.ts';

/** Width of `reason`. */
const REASON_MAX = 255;

/** Writes one layer of settings and its version in the history; everybody reads the settings anew from then on. */
export async function saveSettingsLayer(
  trx: Transaction<Database>,
  { rule, layer, layerId, mode, settings, by, reason, at }: LayerChange,
): Promise<void> {
  const key = { rule, layer, layer_id: layerId };
  const version = {
    mode,
    settings: JSON.stringify(settings),
    version: await bumpSettingsVersion(trx),
    changed_by: by,
    changed_at: toMoment(at),
    reason: clip(reason, REASON_MAX),
  };
  await trx
    .insertInto('mod_creditbridge_rule_settings')
    .values({ ...key, ...version })
    .onDuplicateKeyUpdate(version)
    .execute();
  await trx
    .insertInto('mod_creditbridge_rule_settings_history')
    .values({ ...key, ...version })
    .execute();
}
