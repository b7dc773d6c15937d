import { isForwardedHook, type Manifest } from '../../bridge/index.ts';
import type { Db } from '../db/index.ts';
import { activeRules, answersUnder, ownHooksNamed } from '../deciding/index.ts';
import type { Engine, RuleInfo } from '../rules/engine/index.ts';
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
    const answerAt = await answersUnder(engine, settings);
    const hooks = [...names].filter(isForwardedHook).toSorted();
    const entries = Object.fromEntries(
      hooks.map((hook) => [hook, { answer: answerAt(hook), ...namedFields(hook, rules) }]),
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
