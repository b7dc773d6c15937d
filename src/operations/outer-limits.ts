import type { Db } from '../db/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import type { OuterLimits } from '../rules/index.ts';
import { type Layer, layerChains, readLayer } from '../settings/index.ts';
import { readRates } from './approval-limits.ts';
import { type ConfigurationValue, hasAlready, type WhmcsHas } from './configuration-value.ts';
import type { RuleOperation } from './operation.ts';
import { widestLimits } from './widest-limits.ts';

/** With more layers than this, WHMCS's own limits are left alone. */
const LAYERS_MAX = 200;

/**
 * The changes to WHMCS's own limits that this change of settings needs, because only WHMCS's own limits are enforced on every path
 * (whmcs.md §1.1). Nothing for a rule that has none, and nothing that WHMCS has already.
 */
export async function outerLimits(
  db: Db,
  rules: Pick<Engine, 'rules' | 'validateSettings'>,
  change: Pick<RuleOperation, 'rule' | 'layer' | 'layerId' | 'now'>,
  whmcs: WhmcsHas,
): Promise<readonly ConfigurationValue[]> {
  const info = rules.rules().find(({ id }) => id === change.rule);
  if (info?.hasOuterLimits !== true) return [];
  const layers = await layersAfter(db, change);
  // Clients without a layer of their own have no limit of ours then, so there is no outer limit either.
  if (!layers.some(({ layer }) => layer === 'installation')) return [];
  const limits = await limitsOf(rules, change.rule, layers);
  return widestLimits(limits, await readRates(db)).filter((one) => !hasAlready(whmcs, one));
}

/** The layers as they will be; none when there are too many, or one of the others cannot be read, so that nobody knows its limits. */
async function layersAfter(
  db: Db,
  { rule, layer, layerId, now }: Parameters<typeof outerLimits>[2],
): Promise<readonly Layer[]> {
  const rows = await db
    .selectFrom('mod_creditbridge_rule_settings')
    .select(['rule', 'layer', 'layer_id', 'mode', 'version', 'settings'])
    .where('rule', '=', rule)
    .limit(LAYERS_MAX + 1)
    .execute();
  if (rows.length > LAYERS_MAX) return [];
  const others = rows.filter((row) => row.layer !== layer || row.layer_id !== layerId);
  const changed = now === null ? [] : [{ layer, layerId, version: 0, ...now }];
  try {
    return [...others.map(layerOf), ...changed];
  } catch {
    return [];
  }
}

function layerOf(row: unknown): Layer {
  const { layer_id: layerId, ...layer } = readLayer(row);
  return { ...layer, layerId };
}

/** The limits of everybody; empty as soon as somebody has no limit of this rule. */
async function limitsOf(
  rules: Pick<Engine, 'validateSettings'>,
  rule: string,
  layers: readonly Layer[],
): Promise<readonly OuterLimits[]> {
  const limits: OuterLimits[] = [];
  for (const { mode, settings } of layerChains(layers)) {
    if (mode !== 'on') return [];
    const verdict = await rules.validateSettings(rule, settings);
    if (!verdict.ok) return [];
    limits.push(verdict.outerLimits);
  }
  return limits;
}
