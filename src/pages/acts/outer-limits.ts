import { mergeSettings, type RuleMode } from '../../rules/engine/index.ts';
import type { View } from '../html/view.ts';
import type { PagesPorts } from '../pages.ts';
import type { ConfigurationValue, LayerRow } from '../ports.ts';
import type { LayerAddress } from '../rule-layer.ts';

/** The rule whose limits WHMCS can keep, too. */
const RULE = 'deposit-limits';

/** With more layers than this the widest is not looked for, and WHMCS's own limits stay as they are. */
const LAYERS_MAX = 200;

interface NewLayer extends LayerAddress {
  readonly rule: string;
  /** Undefined: the layer is taken away. */
  readonly now: { readonly mode: RuleMode; readonly settings: unknown } | undefined;
}

/**
 * What WHMCS's own limits should become with this change, as far as they differ from what WHMCS has: only those are enforced
 * on every path (whmcs.md §1.1). Nothing for other rules, or where the rule sets none.
 */
export async function outerLimits(
  ports: PagesPorts,
  view: View,
  change: NewLayer,
): Promise<readonly ConfigurationValue[]> {
  if (change.rule !== RULE) {
    return [];
  }
  const stored = await ports.store.layers(RULE, LAYERS_MAX + 1);
  if (stored.length > LAYERS_MAX) {
    return [];
  }
  const wanted = ports.outerLimits(effectiveLayers(withChange(stored, change)), [
    ...view.currencies.values(),
  ]);
  return Object.entries(wanted)
    .filter((entry): entry is [string, string] => entry[1] !== null)
    .map(([setting, value]) => ({ setting, value }))
    .filter(({ setting, value }) => view.request.settings[setting] !== value);
}

type Layer = Pick<LayerRow, 'layer' | 'layerId' | 'mode' | 'version'> & {
  readonly settings: unknown;
};

function withChange(stored: readonly LayerRow[], change: NewLayer): readonly Layer[] {
  const others = stored
    .filter(({ layer, layerId }) => layer !== change.layer || layerId !== change.layerId)
    .map((row) => ({ ...row, settings: JSON.parse(row.settings) as unknown }));
  return change.now === undefined
    ? others
    : [...others, { layer: change.layer, layerId: change.layerId, version: 0, ...change.now }];
}

/**
 * What somebody may be under: the installation's settings, each group's over them, each client's over either. Which group a
 * client is in is not asked: one more combination can only make the outer limits wider.
 */
function effectiveLayers(
  layers: readonly Layer[],
): readonly { readonly mode: RuleMode; readonly settings: unknown }[] {
  const of = (layer: Layer['layer']) => layers.filter((one) => one.layer === layer);
  const general = of('installation');
  if (general.length === 0) {
    // Everyone without a layer of their own has no limit of ours, so there is no outer one either.
    return [];
  }
  const groups = of('group').map((group) => [...general, group]);
  const clients = of('client').flatMap((client) =>
    [general, ...groups].map((above) => [...above, client]),
  );
  return [general, ...groups, ...clients].flatMap((chain) => mergeSettings(chain) ?? []);
}
