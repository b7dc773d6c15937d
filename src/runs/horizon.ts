import { activeRules, neededFor } from '../deciding/index.ts';
import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';

/** What the rules that look at due invoices want of a run. */
export interface Horizon {
  /** How many days ahead invoices are put before rules; null when no rule listens. */
  readonly dueWithinDays: number | null;
  readonly needs: ReadonlySet<Need>;
}

const DUE_INVOICE: ReadonlySet<string> = new Set(['DueInvoice']);
/** So many combinations of layers are judged; beyond them a rule's horizon is that of the ones looked at. */
const COMBINATIONS_MAX = 1_000;

/**
 * How far ahead the rules look, under their settings of all layers. Each combination of layers is judged by the rule itself,
 * since only its schema knows what the settings mean.
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
      // Settings that do not fit are named as a fault where the rule is asked, so it has to be asked.
      dueWithinDays = Math.max(dueWithinDays ?? 0, verdict.ok ? verdict.dueWithinDays : 0);
    }
  }
  const needs = neededFor(DUE_INVOICE, rules);
  return { dueWithinDays, needs: new Set([...needs, 'invoice']) };
}

/** The different settings that some client can be under, off ones left out. */
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
