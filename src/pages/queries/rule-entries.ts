import type { RuleInfo, RuleMode } from '../../rules/engine/index.ts';
import type { PagesParts } from '../context.ts';
import { installationLayers, type LayerRow } from './rule-layers.ts';

/** A rule with what it is told to do in the whole installation. */
export interface RuleEntry {
  readonly info: RuleInfo;
  readonly mode: RuleMode;
  /** What is stored for the whole installation; undefined when the rule was never set. */
  readonly stored: LayerRow | undefined;
}

/** All rules there are. */
export async function ruleEntries({
  rules,
  db,
}: Pick<PagesParts, 'rules' | 'db'>): Promise<readonly RuleEntry[]> {
  const infos = rules.rules();
  const stored = await installationLayers(
    db,
    infos.map(({ id }) => id),
  );
  return infos.map((info) => {
    const row = stored.find(({ rule }) => rule === info.id);
    return { info, mode: row?.mode ?? 'off', stored: row };
  });
}

/** What a rule is called; one that is gone keeps its id. */
export function titlesIn({ rules }: Pick<PagesParts, 'rules'>): (rule: string) => string {
  const titles = new Map(rules.rules().map(({ id, title }) => [id, title]));
  return (rule) => titles.get(rule) ?? rule;
}
