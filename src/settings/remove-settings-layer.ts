import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import { bumpSettingsVersion } from './bump-settings-version.ts';
import { type LayerChange, REASON_MAX } from './save-settings-layer.ts';

/** Removes the settings of a group or client, so that the more general ones apply; its history stays. */
export async function removeSettingsLayer(
  trx: Transaction<Database>,
  { rule, layer, layerId, by, reason, at }: Omit<LayerChange, 'mode' | 'settings'>,
): Promise<void> {
  const { numDeletedRows } = await trx
    .deleteFrom('mod_creditbridge_rule_settings')
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .executeTakeFirstOrThrow();
  if (numDeletedRows === 0n) return;
  await trx
    .insertInto('mod_creditbridge_rule_settings_history')
    .values({
      rule,
      layer,
      layer_id: layerId,
      mode: 'removed',
      settings: '{}',
      version: await bumpSettingsVersion(trx),
      changed_by: by,
      changed_at: toMoment(at),
      reason: clip(reason, REASON_MAX),
    })
    .execute();
}
