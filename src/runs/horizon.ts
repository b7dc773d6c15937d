import { activeRules, neededFor } from '../deciding/index.ts';
import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';

/** What the rules for due invoices need from a run. */
export interface Horizon {
  /** How many days ahead rules see invoices; null when no rule listens. */
  readonly dueWithinDays: number | null;
  readonly needs: ReadonlySet<Need>;
}

const DUE_INVOICE: ReadonlySet<string> = new Set(['DueInvoice']);
/** The most combinations of layers to try; with more, a rule's horizon comes from these. */
const COMBINATIONS_MAX = 1_000;

/**
 * Finds how far ahead the rules look, under the settings of all layers. The rule itself answers for each combination of layers,
 * since only its schema knows the meaning of the settings.
 */
export async function horizonOf(
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
  stored: StoredSettings,
): Promise<Horizon> {
  const rules = activeRules(engine.rules(), stored);
  let dueWithinDays: number | null = null;
  for (const { id, on } of rules) {
    if (!on.includes('DueInvoice')) continue;
    for (const combination of combinationsOf(stored.settings.filter(({ rule }) => rule === id))) {
      const verdict = await engine.validateSettings(id, combination);
      // Asking the rule reports settings that do not fit as a fault, so it must be asked.
      dueWithinDays = Math.max(dueWithinDays ?? 0, verdict.ok ? verdict.dueWithinDays : 0);
    }
  }
  const needs = neededFor(DUE_INVOICE, rules);
  return { dueWithinDays, needs: new Set([...needs, 'invoice']) };
}

/** Lists the different settings that some client can have, without those that are off. */
function combinationsOf(rows: readonly RuleSetting[]): readonly unknown[] {
  const installation = rows.filter((row) => row.layer === 'installation');
  const groups = [undefined, ...rows.filter((row) => row.layer === 'group')];
  const clients = [undefined, ...rows.filter((row) => row.layer === 'client')];
  const different = new Map<string, unknown>();
  for (const client of clients) {
    for (const group of groups) {
      const layers = [group, client].filter((row) => row !== undefined);
      const merged = mergeSettings([...installation, ...layers]);
      if (merged === undefined || merged.mode === 'off') continue;
      different.set(JSON.stringify(merged.settings), merged.settings);
      if (different.size === COMBINATIONS_MAX) return [...different.values()];
    }
  }
  return [...different.values()];
}
