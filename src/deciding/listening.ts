import { isAskedAt, needsAt, type RuleInfo } from '../rules/engine/index.ts';
import type { Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';

/** The rules to ask: loaded, not paused, and on or observing for at least one client. */
export function activeRules(
  rules: readonly RuleInfo[],
  { settings, paused }: StoredSettings,
): readonly RuleInfo[] {
  const wanted = new Set(settings.filter(({ mode }) => mode !== 'off').map(({ rule }) => rule));
  return rules.filter(
    ({ id, problem }) => wanted.has(id) && !paused.has(id) && problem === undefined,
  );
}

/** Whether any of these rules is asked at the point. */
export function isHeard(point: string, rules: readonly RuleInfo[]): boolean {
  return rules.some((rule) => isAskedAt(rule, point));
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
  const limiting = isAsked ? rules.filter(({ limits }) => limits.length > 0) : [];
  return new Set([...asked, ...limiting.flatMap(({ needs }) => needs)] as readonly Need[]);
}
