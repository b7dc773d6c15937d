import type { RuleMode, RuleSetting } from '../rules/engine/index.ts';
import type { StoredSettings } from '../settings/index.ts';

/** Settings that are tried: one layer of one rule, as it would be saved. */
export interface Draft {
  readonly rule: string;
  readonly layer: RuleSetting['layer'];
  readonly layerId: number;
  readonly mode: RuleMode;
  readonly settings: unknown;
}

/**
 * The stored settings with the drafts in their place. A rule that would observe is tried as if it were on: what it would do is what
 * is asked. A rule that is tried is not paused.
 */
export function withDrafts(stored: StoredSettings, drafts: readonly Draft[]): StoredSettings {
  const placeOf = ({ rule, layer, layerId }: Draft | RuleSetting) => `${rule} ${layer} ${layerId}`;
  const replaced = new Set(drafts.map(placeOf));
  const tried = new Set(drafts.map(({ rule }) => rule));
  const kept = stored.settings.filter((row) => !replaced.has(placeOf(row)));
  return {
    ...stored,
    settings: [...kept, ...drafts.map((draft) => ({ ...draft, version: 0 }))].map((row) =>
      tried.has(row.rule) && row.mode === 'observe' ? { ...row, mode: 'on' } : row,
    ),
    paused: new Set([...stored.paused].filter((rule) => !tried.has(rule))),
  };
}
