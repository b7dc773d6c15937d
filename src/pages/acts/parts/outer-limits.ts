import type { RuleMode } from '../../../rules/engine/index.ts';
import type { OuterLimits } from '../../../rules/index.ts';
import { type Layer, layerChains } from '../../../settings/index.ts';
import type { ActContext } from '../../context.ts';
import { again, type ShownAgain } from '../../done.ts';
import { type LayerRow, listLayers, readSettings } from '../../queries/rule-layers.ts';
import { permissionsFor } from '../../rights.ts';
import type { LayerAddress } from '../../rule-layer.ts';
import type { ConfigurationValue } from './set-configuration.ts';
import { widestLimits } from './widest-limits.ts';

/** With more layers than this, WHMCS's own limits are left alone. */
const LAYERS_MAX = 200;

interface NewLayer extends LayerAddress {
  readonly rule: string;
  /** Undefined: the layer is removed. */
  readonly now: { readonly mode: RuleMode; readonly settings: unknown } | undefined;
}

/**
 * The changes to WHMCS's own limits that this change needs, because only WHMCS's own limits are enforced on every path
 * (whmcs.md §1.1). Nothing for a rule that has none.
 */
export async function outerLimits(
  { db, view, rules }: ActContext,
  change: NewLayer,
): Promise<readonly ConfigurationValue[]> {
  const info = rules.rules().find(({ id }) => id === change.rule);
  if (info?.hasOuterLimits !== true) {
    return [];
  }
  const stored = await listLayers(db, change.rule, LAYERS_MAX + 1);
  if (stored.length > LAYERS_MAX) {
    return [];
  }
  const changed = withChange(stored, change);
  if (changed === undefined) return [];
  // Clients without a layer of their own have no limit of ours then, so there is no outer limit either.
  if (!changed.some(({ layer }) => layer === 'installation')) return [];
  const layers = layerChains(changed);
  const limits = await limitsOf(rules, change.rule, layers);
  return widestLimits(limits, [...view.currencies.values()]).filter(
    ({ setting, value }) => view.request.settings[setting] !== value,
  );
}

/** Why this viewer may not make a change that WHMCS's own limits follow; undefined when he may. */
export function mayNotSet(
  { view }: Pick<ActContext, 'view'>,
  limits: readonly ConfigurationValue[],
): ShownAgain | undefined {
  if (limits.length === 0 || view.maySetWhmcs) return undefined;
  const names = limits.map(({ setting }) => setting).join(', ');
  return again(
    `Nothing was changed. WHMCS’s own settings would follow (${names}), and changing those needs the permission ${permissionsFor('set-whmcs').join(' and ')}.`,
  );
}

/** The limits of every layer; empty as soon as one layer has no limit of this rule. */
async function limitsOf(
  rules: ActContext['rules'],
  rule: string,
  layers: readonly { readonly mode: RuleMode; readonly settings: unknown }[],
): Promise<readonly OuterLimits[]> {
  const limits: OuterLimits[] = [];
  for (const { mode, settings } of layers) {
    if (mode !== 'on') return [];
    const verdict = await rules.validateSettings(rule, settings);
    if (!verdict.ok) return [];
    limits.push(verdict.outerLimits);
  }
  return limits;
}

/** The layers as they will be; undefined when one of the others cannot be read, so nobody knows its limits. */
function withChange(stored: readonly LayerRow[], change: NewLayer): readonly Layer[] | undefined {
  const others: Layer[] = [];
  for (const row of stored) {
    if (row.layer === change.layer && row.layerId === change.layerId) continue;
    const settings = readSettings(row.settings);
    if (settings === undefined) return undefined;
    others.push({ ...row, settings });
  }
  const { layer, layerId, now } = change;
  return now === undefined ? others : [...others, { layer, layerId, version: 0, ...now }];
}
