import { mergeSettings } from '../../rules/engine/index.ts';
import type { AdminStore, LayerRow, RuleCatalogue } from '../ports.ts';
import type { LayerAddress } from '../rule-layer.ts';
import { HISTORY_SHOWN, type Returned, type RulePageFacts } from './rule-page.ts';

/** Layers listed beside the form; more are reached by their id. */
const LAYERS_SHOWN = 50;

interface Ports {
  readonly store: AdminStore;
  readonly rules: RuleCatalogue;
}

/** Loads what the page of one rule's settings shows; undefined when there is no such rule. */
export async function loadRulePage(
  { store, rules }: Ports,
  rule: string,
  address: LayerAddress,
  returned?: Returned,
): Promise<RulePageFacts | undefined> {
  const info = rules.rules().find(({ id }) => id === rule);
  if (info === undefined) {
    return undefined;
  }
  const [above, stored, layers, groups, history] = await Promise.all([
    layersAbove(store, rule, address),
    store.layer(rule, address.layer, address.layerId),
    store.layers(rule, LAYERS_SHOWN + 1),
    store.clientGroups(),
    store.history(rule, address, HISTORY_SHOWN + 1),
  ]);
  return {
    info,
    address,
    stored,
    mode: stored?.mode ?? above.at(-1)?.mode ?? 'off',
    effective: effectiveSettings(info.defaults, [
      ...above,
      ...(stored === undefined ? [] : [stored]),
    ]),
    layers: layers.slice(0, LAYERS_SHOWN),
    moreLayers: layers.length > LAYERS_SHOWN,
    groups,
    history,
    ...(returned !== undefined && { returned }),
  };
}

/** The layers that are more general than this one and apply to it. */
export async function layersAbove(
  store: AdminStore,
  rule: string,
  { layer, layerId }: LayerAddress,
): Promise<readonly LayerRow[]> {
  if (layer === 'installation') {
    return [];
  }
  const group = layer === 'client' ? (await store.client(layerId))?.groupId : undefined;
  const rows = await Promise.all([
    store.layer(rule, 'installation', 0),
    group === undefined || group === 0 ? undefined : store.layer(rule, 'group', group),
  ]);
  return rows.filter((row) => row !== undefined);
}

/** What these layers give together. Defaults fill what they don't name, as the rule's schema will. */
export function effectiveSettings(
  defaults: unknown,
  layers: readonly LayerRow[],
): Readonly<Record<string, unknown>> {
  const merged = mergeSettings(
    layers.map((row) => ({ ...row, settings: JSON.parse(row.settings) as unknown })),
  );
  return { ...(defaults as Readonly<Record<string, unknown>>), ...merged?.settings };
}
