import { hookOf, isForwardedHook, type Manifest } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { activeRules, ownHooksNamed } from '../deciding/index.ts';
import {
  type Engine,
  mergeSettings,
  type RuleInfo,
  type RuleSetting,
} from '../rules/engine/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { manifestNumberFor } from './manifest-number.ts';
import { fieldsOf } from './read-item.ts';

/** Hooks that the service itself needs: received money, the client's choice at checkout, and where credit goes in a merge. */
const SYSTEM_HOOKS = [
  'InvoicePaid',
  'AddTransaction',
  'AfterShoppingCartCheckout',
  'AfterClientMerge',
];

/** The hooks behind events that are not hooks (src/events). Other events come from the daily run, the ledger and the calendar. */
const HOOKS_OF_POINT: Readonly<Record<string, readonly string[]>> = {
  AddFunds: ['InvoicePaid'],
  DepositCreated: ['InvoiceCreated'],
  BalanceChanged: [],
  ClientDaily: [],
  DueInvoice: [],
  GrantExpiring: [],
  PaymentReversed: [],
};

export interface Manifests {
  /** Returns the hooks that the shim should register under these settings; computed once per version of the settings. */
  for(settings: StoredSettings): Promise<Manifest>;
}

export interface ManifestDependencies {
  readonly engine: Engine;
  readonly db: Db;
}

/** Makes the manifest: every hook that a rule listens to. WHMCS waits for an answer only where a rule that is on needs it. */
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
    const entries = Object.fromEntries(
      hooks.map((hook) => [hook, { ...entryOf(hook, inline), ...namedFields(hook, rules) }]),
    );
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

/** The fields of an unknown hook that rules name, for the shim to send them. */
function namedFields(hook: string, rules: readonly RuleInfo[]) {
  const fields = new Set(fieldsOf(ownHooksNamed(hook, rules) ?? []));
  return fields.size === 0 ? {} : { fields: [...fields].toSorted() };
}

function entryOf(hook: string, inline: ReadonlySet<string>): Manifest['hooks'][string] {
  if (!inline.has(hook)) return { answer: 'deferred' };
  return { answer: hookOf(hook)?.answer === 'veto' ? 'veto' : 'inline' };
}

/** The hooks that need an answer from a rule that is on in any layer; WHMCS never waits for a rule that only observes. */
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
