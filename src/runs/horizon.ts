import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { Need } from '../rules/index.ts';

/** What the rules that look at due invoices want of a run. */
export interface Horizon {
  /** How many days ahead invoices are put before rules; null when no rule listens. */
  readonly dueWithinDays: number | null;
  readonly needs: ReadonlySet<Need>;
}

/** So many combinations of layers are judged; beyond them a rule's horizon is that of the ones looked at. */
const COMBINATIONS_MAX = 1_000;

/**
 * How far ahead the rules look, under their settings of all layers. Each combination of layers is judged by the rule itself,
 * since only its schema knows what the settings mean.
 */
export async function horizonOf(
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
  settings: readonly RuleSetting[],
  paused: ReadonlySet<string>,
): Promise<Horizon> {
  const needs = new Set<Need>(['invoice']);
  let dueWithinDays: number | null = null;
  for (const rule of engine.rules()) {
    if (!rule.on.includes('DueInvoice') || rule.problem !== undefined || paused.has(rule.id)) {
      continue;
    }
    const stored = combinationsOf(settings.filter((row) => row.rule === rule.id));
    for (const combination of stored) {
      const verdict = await engine.validateSettings(rule.id, combination);
      // Settings that do not fit are named as a fault where the rule is asked, so it has to be asked.
      dueWithinDays = Math.max(dueWithinDays ?? 0, verdict.ok ? verdict.dueWithinDays : 0);
    }
    // The thread told what the rule needs after checking it against the same list.
    if (stored.length > 0) for (const need of rule.needs) needs.add(need as Need);
  }
  return { dueWithinDays, needs };
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
