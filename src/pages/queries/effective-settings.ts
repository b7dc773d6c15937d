import type { Db } from '../../db/index.ts';
import { mergeSettings } from '../../rules/engine/index.ts';
import type { LayerAddress } from '../rule-layer.ts';
import { findLayer, type LayerRow, readSettings } from './rule-layers.ts';
import { findClient } from './whmcs.ts';

/** The layers that are more general than this one and apply to it. */
export async function layersAbove(
  db: Db,
  rule: string,
  { layer, layerId }: LayerAddress,
): Promise<readonly LayerRow[]> {
  if (layer === 'installation') {
    return [];
  }
  const group = layer === 'client' ? (await findClient(db, layerId))?.groupId : undefined;
  const rows = await Promise.all([
    findLayer(db, rule, 'installation', 0),
    group === undefined || group === 0 ? undefined : findLayer(db, rule, 'group', group),
  ]);
  return rows.filter((row) => row !== undefined);
}

/**
 * The settings of these layers together, without layers that cannot be read. Defaults fill what they leave out, as the rule's
 * schema will.
 */
export function effectiveSettings(
  defaults: unknown,
  layers: readonly LayerRow[],
): Readonly<Record<string, unknown>> {
  const merged = mergeSettings(
    layers.flatMap((row) => {
      const settings = readSettings(row.settings);
      return settings === undefined ? [] : [{ ...row, settings }];
    }),
  );
  return { ...(defaults as Readonly<Record<string, unknown>>), ...merged?.settings };
}
