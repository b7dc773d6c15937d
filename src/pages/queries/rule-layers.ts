import type { Db } from '../../db/index.ts';
import type { RuleMode, SettingsLayer } from '../../rules/engine/index.ts';
import type { FaultRow, LayerRow, VersionRow } from '../ports.ts';
import { LAYER_COLUMNS } from './columns.ts';

/** Rules that faulted; there are never more of them than rules. */
const FAULTS_MAX = 100;

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

/** In the order of the primary key: clients, groups, the installation; groups first would need a sort. */
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

export async function layerHistory(
  db: Db,
  rule: string,
  { layer, layerId }: Pick<LayerRow, 'layer' | 'layerId'>,
  limit: number,
): Promise<readonly VersionRow[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings_history')
    .select(LAYER_COLUMNS)
    .where('rule', '=', rule)
    .where('layer', '=', layer)
    .where('layer_id', '=', layerId)
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    layer: row.layer as SettingsLayer,
    mode: row.mode as VersionRow['mode'],
  }));
}

export async function listFaults(db: Db): Promise<readonly FaultRow[]> {
  return db
    .selectFrom('mod_creditbridge_rule_faults')
    .select(['rule', 'faults', 'paused_at as pausedAt', 'last_fault as lastFault'])
    .select('last_at as lastAt')
    .limit(FAULTS_MAX)
    .execute();
}

function toLayer(
  row: Omit<LayerRow, 'layer' | 'mode'> & { layer: string; mode: string },
): LayerRow {
  return { ...row, layer: row.layer as SettingsLayer, mode: row.mode as RuleMode };
}
