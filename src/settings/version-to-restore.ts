import { sql } from 'kysely';
import { z } from 'zod';
import { type Db, readStored } from '../db/index.ts';
import { mergeSettings, type RuleMode, type SettingsLayer } from '../rules/engine/index.ts';
import { readLayer } from './rule-settings.ts';

/** Whose settings of which rule. */
export interface LayerOfRule {
  readonly rule: string;
  readonly layer: SettingsLayer;
  /** The client group's or client's id; 0 for the installation. */
  readonly layerId: number;
}

/** An earlier version of a layer, as it would be saved again. */
export interface VersionToRestore {
  readonly mode: RuleMode;
  readonly settings: Readonly<Record<string, unknown>>;
  /** What would apply: these settings on those of the layers above; the rule's defaults fill the rest. */
  readonly effective: Readonly<Record<string, unknown>>;
  /** What applies now in this layer: its mode, and its version; off and 0 when there is none. */
  readonly modeNow: RuleMode;
  readonly versionNow: number;
}

const SETTINGS = z.record(z.string(), z.unknown());

/**
 * Reads an earlier version of a rule's settings for the checks of every change.
 *
 * @param defaults of the rule
 * @returns `absent` when there is no such version, or when it says that the layer was removed; `unreadable` when nobody can read it
 */
export async function versionToRestore(
  db: Db,
  { rule, layer, layerId }: LayerOfRule,
  version: number,
  defaults: unknown,
): Promise<VersionToRestore | 'absent' | 'unreadable'> {
  const [row, now, above] = await Promise.all([
    db
      .selectFrom('mod_creditbridge_rule_settings_history')
      .select(['mode', 'settings'])
      .where('rule', '=', rule)
      .where('layer', '=', layer)
      .where('layer_id', '=', layerId)
      .where('version', '=', version)
      .executeTakeFirst(),
    db
      .selectFrom('mod_creditbridge_rule_settings')
      .select(['mode', 'version'])
      .where('rule', '=', rule)
      .where('layer', '=', layer)
      .where('layer_id', '=', layerId)
      .executeTakeFirst(),
    layersAbove(db, { rule, layer, layerId }),
  ]);
  if (row === undefined || row.mode === 'removed') return 'absent';
  const settings = readStored(SETTINGS, row.settings);
  if (settings === undefined) return 'unreadable';
  return {
    mode: row.mode as RuleMode,
    settings,
    effective: {
      ...SETTINGS.parse(defaults),
      ...mergeSettings(above)?.settings,
      ...settings,
    },
    modeNow: (now?.mode ?? 'off') as RuleMode,
    versionNow: now?.version ?? 0,
  };
}

/** The more general layers that can be read. */
async function layersAbove(
  db: Db,
  { rule, layer, layerId }: LayerOfRule,
): Promise<readonly ReturnType<typeof readLayer>[]> {
  if (layer === 'installation') return [];
  const clientId = layer === 'client' ? layerId : 0;
  const { rows } = await sql<Record<string, unknown>>`
    SELECT s.rule, s.layer, s.layer_id, s.mode, s.version, s.settings
    FROM mod_creditbridge_rule_settings s LEFT JOIN tblclients c ON c.id = ${clientId}
    WHERE s.rule = ${rule} AND (s.layer = 'installation' OR s.layer = 'group' AND s.layer_id = c.groupid)
    ORDER BY s.layer = 'group'`.execute(db);
  return rows.flatMap((row) => {
    try {
      return [readLayer(row)];
    } catch {
      return [];
    }
  });
}
