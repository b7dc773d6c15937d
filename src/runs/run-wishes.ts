import { activeRules, neededBy, neededFor } from '../deciding/index.ts';
import { type Engine, mergeSettings, type RuleSetting } from '../rules/engine/index.ts';
import type { DailyClients, Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import type { DailyWishes } from './daily-clients.ts';

/** What the rules that a run asks need from it. */
export interface RunWishes {
  /** How many days ahead rules see invoices; null when no rule listens. */
  readonly dueWithinDays: number | null;
  /** The clients that each rule that listens sees daily. */
  readonly daily: DailyWishes;
  readonly needs: RunNeeds;
}

/** The facts to load in a run. */
export interface RunNeeds {
  /** About the clients whose invoices are due. */
  readonly due: ReadonlySet<Need>;
  /** By rule, about the clients that it sees daily. */
  readonly daily: ReadonlyMap<string, ReadonlySet<Need>>;
}

/** The most combinations of layers to try; with more, a rule's horizon comes from these. */
const COMBINATIONS_MAX = 1_000;

/**
 * Finds how far ahead the rules look, and which clients each sees daily, under the settings of all layers. The rule itself answers for each combination of layers,
 * since only its schema knows the meaning of the settings.
 */
export async function wishesOf(
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
  stored: StoredSettings,
): Promise<RunWishes> {
  const rules = activeRules(engine.rules(), stored);
  let dueWithinDays: number | null = null;
  const daily = new Map<string, Required<DailyClients>>();
  for (const { id, on } of rules) {
    const [seesDue, seesClients] = [on.includes('DueInvoice'), on.includes('ClientDaily')];
    if (!seesDue && !seesClients) continue;
    for (const combination of combinationsOf(stored.settings.filter(({ rule }) => rule === id))) {
      const verdict = await engine.validateSettings(id, combination);
      // Asking the rule reports settings that do not fit as a fault, so it must be asked.
      const { dueWithinDays: days, dailyClients } = verdict.ok ? verdict : UNFIT;
      if (seesDue) dueWithinDays = Math.max(dueWithinDays ?? 0, days);
      if (seesClients) daily.set(id, union(daily.get(id) ?? NOBODY, dailyClients));
    }
  }
  const due = dueWithinDays === null ? [] : ['invoice' as const, ...neededFor(DUE, rules)];
  const needs = {
    due: new Set(due),
    daily: new Map([...daily.keys()].map((id) => [id, neededBy(id, 'ClientDaily', rules)])),
  };
  return { dueWithinDays, daily, needs };
}

const DUE: ReadonlySet<string> = new Set(['DueInvoice']);

const NOBODY: Required<DailyClients> = {
  withBalance: false,
  withGrants: false,
  withServices: false,
  servicesDueWithinDays: 0,
  withPartlyPaid: false,
};
const UNFIT = { dueWithinDays: 0, dailyClients: NOBODY } as const;

function union(one: Required<DailyClients>, other: Required<DailyClients>): Required<DailyClients> {
  return {
    withBalance: one.withBalance || other.withBalance,
    withGrants: one.withGrants || other.withGrants,
    withServices: one.withServices || other.withServices,
    servicesDueWithinDays: Math.max(one.servicesDueWithinDays, other.servicesDueWithinDays),
    withPartlyPaid: one.withPartlyPaid || other.withPartlyPaid,
  };
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
