import { z } from 'zod';
import { type Db, readStored } from '../../db/index.ts';
import type { RuleMode, SettingsLayer } from '../../rules/engine/index.ts';
import type { UtcText } from '../html/moment.ts';

export interface LayerRow {
  readonly rule: string;
  readonly layer: SettingsLayer;
  readonly layerId: number;
  readonly mode: RuleMode;
  /** JSON. */
  readonly settings: string;
  readonly version: number;
  readonly changedBy: string;
  readonly changedAt: UtcText;
  readonly reason: string;
}

/** The settings of a layer or of a version of it, by their top-level names; undefined when they cannot be read. */
export function readSettings(json: string): Readonly<Record<string, unknown>> | undefined {
  return readStored(SETTINGS, json);
}

const SETTINGS = z.record(z.string(), z.unknown());

export const LAYER_COLUMNS = [
  'rule',
  'layer',
  'layer_id as layerId',
  'mode',
  'settings',
  'version',
  'changed_by as changedBy',
  'changed_at as changedAt',
  'reason',
] as const;

export async function findLayer(
  db: Db,
  rule: string,
  layer: SettingsLayer,
  layerId: number,
): Promise<LayerRow | undefined> {
  const row = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(LAYER_COLUMNS)
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .executeTakeFirst();
  return row === undefined ? undefined : toLayer(row);
}

/** The first layers of a rule, in the order of the primary key: clients, groups, the installation. Groups first would need a sort. */
export async function listLayers(
  db: Db,
  rule: string,
  limit: number,
): Promise<readonly LayerRow[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(LAYER_COLUMNS)
    .where('rule', '=', rule)
    .orderBy('layer', 'desc')
    .orderBy('layer_id', 'desc')
    .limit(limit)
    .execute();
  return rows.map(toLayer);
}

/** What is stored of these rules for the whole installation. */
export async function installationLayers(
  db: Db,
  rules: readonly string[],
): Promise<readonly LayerRow[]> {
  if (rules.length === 0) {
    return [];
  }
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(LAYER_COLUMNS)
    .where('rule', 'in', rules)
    .where('layer', '=', 'installation')
    .where('layer_id', '=', 0)
    .execute();
  return rows.map(toLayer);
}

function toLayer(
  row: Omit<LayerRow, 'layer' | 'mode'> & { layer: string; mode: string },
): LayerRow {
  return { ...row, layer: row.layer as SettingsLayer, mode: row.mode as RuleMode };
}
