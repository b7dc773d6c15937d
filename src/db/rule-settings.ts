import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { StoredSettings } from '../deliveries/index.ts';
import { StorageError } from '../errors.ts';
import type { Database } from './tables.ts';

/** The state row that grows with every change of settings; see `bumpSettingsVersion`. */
export const SETTINGS_VERSION = 'settings-version';

const storedLayer = z.object({
  rule: z.string(),
  layer: z.enum(['installation', 'group', 'client']),
  layer_id: z.int(),
  mode: z.enum(['off', 'observe', 'on']),
  version: z.int(),
  settings: z.string().transform((text): unknown => JSON.parse(text)),
});

/**
 * All layers of all rules, and which rules are paused. The version is read first, so it may be older than the rows, never
 * newer: then the next look loads them again.
 *
 * @throws {StorageError} `settings-unreadable` when a row was changed by hand into something we never write.
 */
export async function loadSettings(db: Kysely<Database>): Promise<StoredSettings> {
  const version = await db
    .selectFrom('mod_creditbridge_state')
    .select('value')
    .where('name', '=', SETTINGS_VERSION)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(['rule', 'layer', 'layer_id', 'mode', 'version', 'settings'])
    .execute();
  const paused = await db
    .selectFrom('mod_creditbridge_rule_faults')
    .select('rule')
    .where('paused_at', 'is not', null)
    .execute();
  return {
    version: version?.value ?? '0',
    settings: rows.map((row) => {
      const { layer_id, ...layer } = readLayer(row);
      return { ...layer, layerId: layer_id };
    }),
    paused: new Set(paused.map(({ rule }) => rule)),
  };
}

function readLayer(row: { readonly rule: string }): z.output<typeof storedLayer> {
  try {
    return storedLayer.parse(row);
  } catch (cause) {
    const message = `The stored settings of the rule ${row.rule} can't be read.`;
    throw new StorageError('settings-unreadable', message, { cause });
  }
}
