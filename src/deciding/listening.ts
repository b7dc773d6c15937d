import { isAskedAt, needsAt, type RuleInfo } from '../rules/engine/index.ts';
import type { Need, OwnHook } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';

/**
 * The rules to ask: loaded, not paused, and on or observing for at least one client. Each with all that it needs under the settings
 * of some layer.
 */
export function activeRules(
  rules: readonly RuleInfo[],
  { settings, paused }: StoredSettings,
): readonly RuleInfo[] {
  const wanted = new Set(settings.filter(({ mode }) => mode !== 'off').map(({ rule }) => rule));
  return rules
    .filter(({ id, problem }) => wanted.has(id) && !paused.has(id) && problem === undefined)
    .map((rule) => withNeeds(rule, settings));
}

function withNeeds(rule: RuleInfo, settings: StoredSettings['settings']): RuleInfo {
  if (rule.needsWhen.length === 0) return rule;
  const layers = settings.filter((row) => row.rule === rule.id).map((row) => row.settings);
  const values = (name: string) => [rule.defaults, ...layers].map((layer) => member(layer, name));
  const more = rule.needsWhen.filter(({ setting, is }) => values(setting).includes(is));
  const besides = more.flatMap(({ needs }) => needs);
  return {
    ...rule,
    needs: [...rule.needs, ...besides],
    limitsNeed: [...rule.limitsNeed, ...besides],
  };
}

function member(layer: unknown, name: string): unknown {
  return typeof layer === 'object' && layer !== null ? Reflect.get(layer, name) : undefined;
}

/** Whether any of these rules is asked at the point. */
export function isHeard(point: string, rules: readonly RuleInfo[]): boolean {
  return rules.some((rule) => isAskedAt(rule, point));
}

/** What the rules that are asked at this hook declare about it; undefined when none is asked. */
export function ownHooksNamed(
  hook: string,
  rules: readonly RuleInfo[],
): readonly OwnHook[] | undefined {
  const asked = rules.filter((rule) => isAskedAt(rule, hook));
  if (asked.length === 0) return undefined;
  return asked.flatMap(({ ownHooks }) => ownHooks.filter((one) => one.hook === hook));
}

/**
 * Which facts to load for the rules that are asked at any of these points, and for the rules that limit their proposals, which
 * may be of any effect.
 */
export function neededFor(
  points: ReadonlySet<string>,
  rules: readonly RuleInfo[],
): ReadonlySet<Need> {
  const asked = [...points].flatMap((point) => rules.flatMap((rule) => needsAt(rule, point)));
  const isAsked = [...points].some((point) => isHeard(point, rules));
  return new Set([...asked, ...(isAsked ? neededByLimits(rules) : [])] as readonly Need[]);
}

/** Which facts to load where only this rule is asked at a point, and those that limit. */
export function neededBy(id: string, point: string, rules: readonly RuleInfo[]): ReadonlySet<Need> {
  const asked = rules.filter((rule) => rule.id === id).flatMap((rule) => needsAt(rule, point));
  return new Set([...asked, ...neededByLimits(rules)] as readonly Need[]);
}

function neededByLimits(rules: readonly RuleInfo[]): readonly string[] {
  return rules.filter(({ limits }) => limits.length > 0).flatMap(({ limitsNeed }) => limitsNeed);
}
