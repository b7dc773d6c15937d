import { hookOf, type Manifest } from '../../bridge/index.ts';
import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { activeRules } from './listening.ts';

/** Whether WHMCS waits at a hook for what rules answer. */
export type HookAnswer = Manifest['hooks'][string]['answer'];

/**
 * Finds at which hooks WHMCS waits under these settings: those that a rule which is on in any layer has to answer. It never waits for
 * a rule that only observes.
 */
export async function answersUnder(
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
  stored: StoredSettings,
): Promise<(hook: string) => HookAnswer> {
  const inline = new Set<string>();
  for (const { id } of activeRules(engine.rules(), stored)) {
    for (const hook of await inlineHooks(engine, id, stored.settings)) inline.add(hook);
  }
  return (hook) => {
    if (!inline.has(hook)) return 'deferred';
    return hookOf(hook)?.answer === 'veto' ? 'veto' : 'inline';
  };
}

async function inlineHooks(
  engine: Pick<Engine, 'validateSettings'>,
  rule: string,
  settings: readonly RuleSetting[],
): Promise<readonly string[]> {
  const layers = settings.filter((one) => one.rule === rule);
  const general = layers.filter(({ layer }) => layer === 'installation');
  const combinations = layers
    .map((one) => mergeSettings(one.layer === 'installation' ? [one] : [...general, one]))
    .flatMap((merged) => (merged?.mode === 'on' ? [JSON.stringify(merged.settings)] : []));
  const hooks: string[] = [];
  for (const combination of new Set(combinations)) {
    const verdict = await engine.validateSettings(rule, JSON.parse(combination));
    if (verdict.ok) hooks.push(...verdict.inline);
  }
  return hooks;
}
