import {
  type MergedSettings,
  mergeSettings,
  type RuleSetting,
  type SettingsLayer,
} from '../rules/engine/index.ts';

export type Layer = Omit<RuleSetting, 'rule'>;

/** What holds for those whom the most specific of its layers is for. */
export interface LayerChain extends MergedSettings {
  readonly layer: SettingsLayer;
  readonly layerId: number;
}

/**
 * Every combination of a rule's layers that may apply to a client: the installation's settings, each group's over them, each
 * client's over both. Which group a client is in is not looked up.
 */
export function layerChains(layers: readonly Layer[]): readonly LayerChain[] {
  const of = (layer: SettingsLayer) => layers.filter((one) => one.layer === layer);
  const general = of('installation');
  const groups = of('group').map((group) => [...general, group]);
  const clients = of('client').flatMap((client) =>
    [general, ...groups].map((above) => [...above, client]),
  );
  return [general, ...groups, ...clients].flatMap((chain) => {
    const last = chain.at(-1);
    const merged = mergeSettings(chain);
    if (last === undefined || merged === undefined) return [];
    return [{ ...merged, layer: last.layer, layerId: last.layerId }];
  });
}
