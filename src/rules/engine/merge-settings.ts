import type { RuleMode, RuleSetting } from './engine.ts';

const MOST_GENERAL_FIRST = { installation: 0, group: 1, client: 2 } as const;

export interface MergedSettings {
  readonly mode: RuleMode;
  /** The newest version among the layers that were merged. */
  readonly version: number;
  /** As stored; still to be read by the rule's schema. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * What the layers of one rule give together for one client. A top-level setting that a more special layer names replaces the
 * whole of it: an amount per currency is replaced with all its currencies. The mode is the most special layer's. Undefined
 * when there is no layer.
 */
export function mergeSettings(
  layers: readonly (Pick<RuleSetting, 'layer' | 'mode' | 'version'> & {
    readonly settings: unknown;
  })[],
): MergedSettings | undefined {
  const sorted = layers.toSorted(
    (a, b) => MOST_GENERAL_FIRST[a.layer] - MOST_GENERAL_FIRST[b.layer],
  );
  const last = sorted.at(-1);
  if (last === undefined) return undefined;
  return {
    mode: last.mode,
    version: Math.max(...sorted.map((layer) => layer.version)),
    settings: Object.assign({}, ...sorted.map((layer) => layer.settings)),
  };
}
