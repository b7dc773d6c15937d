import { RuleError } from '../../base/index.ts';
import { describeValue } from './describe-value.ts';
import type { RuleInfo } from './engine.ts';
import { type LoadedRule, looksLikeRule, readRule } from './loaded-rule.ts';
import { describeRule } from './rule-info.ts';
import type { RuleSource } from './rule-sources.ts';
import type { Watch } from './watch.ts';

export interface LoadedRules {
  /** By id. */
  readonly rules: readonly LoadedRule[];
  /** Also for rules that did not load. */
  readonly infos: readonly RuleInfo[];
}

/**
 * Imports the files, one after another. An unusable file is described with its problem, and the others load.
 *
 * @param taken ids of other rules, with the source of each.
 */
export async function loadRules(
  sources: readonly RuleSource[],
  taken: ReadonlyMap<string, string>,
  watch: Watch,
): Promise<LoadedRules> {
  const rules = new Map<string, LoadedRule>();
  const infos: RuleInfo[] = [];
  for (const [which, source] of sources.entries()) {
    watch.begin('loading', which);
    try {
      for (const exported of await rulesIn(source)) {
        try {
          const rule = readRule(exported, source.label);
          const other = taken.get(rule.id) ?? rules.get(rule.id)?.source;
          if (other !== undefined) {
            throw new RuleError(
              'rule-twice',
              `The id ${rule.id} is already taken by the rule from ${other}.`,
            );
          }
          infos.push(describeRule(rule));
          rules.set(rule.id, rule);
        } catch (error) {
          infos.push(describeProblem(source, describeValue(error)));
        }
      }
    } catch (error) {
      infos.push(describeProblem(source, describeValue(error)));
    }
    watch.end();
  }
  return { rules: [...rules.values()].sort((a, b) => (a.id < b.id ? -1 : 1)), infos };
}

/** Describes an unusable rule. */
export function describeProblem(
  source: Pick<RuleSource, 'label' | 'name'>,
  problem: string,
): RuleInfo {
  return {
    id: source.name,
    title: source.name,
    description: '',
    on: [],
    ownHooks: [],
    limits: [],
    needs: [],
    limitsNeed: [],
    needsWhen: [],
    reach: {},
    whmcsNeeds: [],
    cautions: [],
    hasOuterLimits: false,
    settingsJsonSchema: {},
    defaults: {},
    source: source.label,
    problem,
  };
}

async function rulesIn(source: RuleSource): Promise<readonly unknown[]> {
  const loaded: unknown = await import(source.url);
  const rules = Object.values(loaded ?? {}).filter(looksLikeRule);
  if (rules.length === 0) {
    throw new RuleError('rule-missing', 'The file exports no rule: an object made by defineRule.');
  }
  return rules;
}
