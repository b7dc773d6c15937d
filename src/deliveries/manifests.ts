import { hookOf, isForwardedHook, type Manifest } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { activeRules } from '../deciding/index.ts';
import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { manifestNumberFor } from './manifest-number.ts';

/** Hooks the service needs itself: money that arrives, what the client chose at checkout, and where credit goes in a merge. */
const SYSTEM_HOOKS = [
  'InvoicePaid',
  'AddTransaction',
  'AfterShoppingCartCheckout',
  'AfterClientMerge',
];

/** The hooks behind the points that are not hooks (src/events). The others come from the daily run, the ledger and the calendar. */
const HOOKS_OF_POINT: Readonly<Record<string, readonly string[]>> = {
  AddFunds: ['InvoicePaid'],
  BalanceChanged: [],
  DueInvoice: [],
  GrantExpiring: [],
};

export interface Manifests {
  /** The hooks the shim is to register under these settings. Reckoned once for each version of the settings. */
  for(settings: StoredSettings): Promise<Manifest>;
}

export interface ManifestDependencies {
  readonly engine: Engine;
  readonly db: Db;
}

/** Keeps the manifest: every hook that a rule listens to, answered at once only where a rule that is on needs it. */
export function createManifests({ engine, db }: ManifestDependencies): Manifests {
  let cached: { readonly version: string; readonly manifest: Promise<Manifest> } | undefined;

  async function reckon(settings: StoredSettings): Promise<Manifest> {
    const rules = activeRules(engine.rules(), settings);
    const names = new Set(SYSTEM_HOOKS);
    for (const point of rules.flatMap(({ on }) => on)) {
      for (const hook of HOOKS_OF_POINT[point] ?? [point]) names.add(hook);
    }
    const inline = new Set<string>();
    for (const { id } of rules) {
      for (const hook of await inlineHooks(engine, id, settings.settings)) inline.add(hook);
    }
    const hooks = [...names].filter(isForwardedHook).toSorted();
    const entries = Object.fromEntries(hooks.map((hook) => [hook, entryOf(hook, inline)]));
    return { number: await manifestNumberFor(db, entries), hooks: entries };
  }

  return {
    for(settings) {
      if (cached?.version !== settings.version) {
        const manifest = reckon(settings);
        cached = { version: settings.version, manifest };
        manifest.catch(() => {
          cached = undefined;
        });
      }
      return cached.manifest;
    },
  };
}

function entryOf(hook: string, inline: ReadonlySet<string>): Manifest['hooks'][string] {
  if (!inline.has(hook)) return { answer: 'deferred' };
  return { answer: hookOf(hook)?.answer === 'veto' ? 'veto' : 'inline' };
}

/** The hooks whose answer a rule needs under any of its layers that is on; a rule that observes is never waited for. */
async function inlineHooks(
  engine: Engine,
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
