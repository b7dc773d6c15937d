import type { Transaction } from 'kysely';
import type { Database } from '../db/index.ts';
import { clip, toMoment } from '../db/index.ts';
import type { RuleMode, SettingsLayer } from '../rules/engine/index.ts';
import { bumpSettingsVersion } from './bump-settings-version.ts';

/** A new version of one layer, with who changes it and why. */
export interface LayerChange {
  readonly rule: string;
  readonly layer: SettingsLayer;
  readonly layerId: number;
  readonly mode: RuleMode;
  readonly settings: unknown;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** Width of `reason`. */
export const REASON_MAX = 255;

/** Writes one layer of settings and its version in the history; every replica then reloads the settings. */
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
