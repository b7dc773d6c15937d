import type { RuleMode, RuleSetting } from './engine.ts';

const MOST_GENERAL_FIRST = { installation: 0, group: 1, client: 2 } as const;

export interface MergedSettings {
  readonly mode: RuleMode;
  /** The newest version among the merged layers. */
  readonly version: number;
  /** As stored; the rule's schema has not read it yet. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * Merges the layers of one rule for one client. A more specific layer replaces a top-level setting as a whole: an amount per
 * currency with all its currencies. The mode is that of the most specific layer. Undefined when there is no layer.
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
