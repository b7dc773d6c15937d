import type { Environment } from './environment.ts';
import { ENV_FILE } from './settings-file.ts';
import { SECRETS } from './values-from-files.ts';

const PREFIX = 'CREDITBRIDGE_';
/** The command line reads it; it belongs in no file. */
const TOKEN = 'CREDITBRIDGE_TOKEN';
/** Kubernetes sets these for a service that is called creditbridge. */
const SET_BY_OTHERS = /^CREDITBRIDGE_(SERVICE_(HOST|PORT)|PORT)(_|$)/;
/** So many letters wrong, missing or too many still look like the right name. */
const DISTANCE_MAX = 3;

/**
 * Finds variables that look like settings and are none: a mistyped name would leave its setting at the default.
 *
 * @returns one sentence each, with the nearest right name.
 */
export function mistypedNames(env: Environment, settings: readonly string[]): readonly string[] {
  const known = [...settings, TOKEN, ENV_FILE, ...SECRETS.map((name) => `${name}_FILE`)];
  return Object.keys(env).flatMap((name) => {
    if (known.includes(name) || SET_BY_OTHERS.test(name)) return [];
    const [nearest] = known
      .map((right) => ({ right, distance: distanceBetween(name.toUpperCase(), right) }))
      .toSorted((a, b) => a.distance - b.distance);
    const isNear = nearest !== undefined && nearest.distance <= DISTANCE_MAX;
    if (!isNear && !name.startsWith(PREFIX)) return [];
    const hint = isNear
      ? `Did you mean ${nearest.right}?`
      : 'See .env.example for those there are.';
    return `${name} is not a setting. ${hint}`;
  });
}

/** How many letters must be changed, added or left out to make one text of the other (Levenshtein). */
function distanceBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const change = (row[column - 1] ?? 0) + (other[column - 1] === letter ? 0 : 1);
      const add = (next[column - 1] ?? 0) + 1;
      const leaveOut = (row[column] ?? 0) + 1;
      next.push(Math.min(change, add, leaveOut));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
