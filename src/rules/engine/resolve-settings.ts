import { z } from 'zod';
import type { RuleMode, RuleSetting } from './engine.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { mergeSettings } from './merge-settings.ts';

export type ResolvedSettings =
  | { readonly mode: 'off' }
  | {
      readonly mode: Exclude<RuleMode, 'off'>;
      readonly version: number;
      readonly read:
        | { readonly ok: true; readonly settings: unknown }
        | { readonly ok: false; readonly problem: string };
    };

const OFF: ResolvedSettings = { mode: 'off' };

/** Finds the settings of one rule for a client; the schema reads each combination of layers once. */
export function createSettingsResolver(
  rule: LoadedRule,
  rows: readonly RuleSetting[],
): (groupId: number, clientId: number) => ResolvedSettings {
  const installation: RuleSetting[] = [];
  const groups = new Map<number, RuleSetting>();
  const clients = new Map<number, RuleSetting>();
  for (const row of rows) {
    if (row.rule !== rule.id) continue;
    if (row.layer === 'group') groups.set(row.layerId, row);
    else if (row.layer === 'client') clients.set(row.layerId, row);
    else installation.push(row);
  }
  const everybody = resolve(rule, installation);
  const resolvedGroups = new Map<number, ResolvedSettings>();
  const resolvedClients = new Map<string, ResolvedSettings>();

  return (groupId, clientId) => {
    const client = clients.size === 0 ? undefined : clients.get(clientId);
    const group = groups.size === 0 ? undefined : groups.get(groupId);
    if (client !== undefined) {
      const layers = group === undefined ? [client] : [group, client];
      return remember(resolvedClients, `${groupId}/${clientId}`, () =>
        resolve(rule, [...installation, ...layers]),
      );
    }
    if (group !== undefined) {
      return remember(resolvedGroups, groupId, () => resolve(rule, [...installation, group]));
    }
    return everybody;
  };
}

function resolve(rule: LoadedRule, layers: readonly RuleSetting[]): ResolvedSettings {
  const merged = mergeSettings(layers);
  if (merged === undefined || merged.mode === 'off') return OFF;
  const read = rule.settings.safeParse(merged.settings);
  return {
    mode: merged.mode,
    version: merged.version,
    read: read.success
      ? { ok: true, settings: read.data }
      : { ok: false, problem: z.prettifyError(read.error) },
  };
}

function remember<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
