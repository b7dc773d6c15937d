import type { Kysely } from 'kysely';
import type { Database } from '../db/index.ts';
import type { SettingsCache } from '../deciding/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import { daysAfter } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { type RunWishes, wishesOf } from './run-wishes.ts';

/** The settings of a run, and the invoices to plan under them. */
export interface RunSettings {
  /** As this transaction sees them. Loads the settings and asks the rules about them only when their version differs. */
  within(trx: Kysely<Database>, localDate: string): Promise<CurrentSettings>;
}

export interface CurrentSettings {
  readonly stored: StoredSettings;
  /** Null when no rule wants to see anything. */
  readonly horizon: Horizon | null;
}

export interface Horizon extends Pick<RunWishes, 'daily' | 'needs'> {
  /** The last due date that a rule wants to see; null when none sees due invoices. */
  readonly until: string | null;
}

export function createRunSettings(
  cache: Pick<SettingsCache, 'within'>,
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
): RunSettings {
  let known: { readonly stored: StoredSettings; readonly wishes: RunWishes } | undefined;

  return {
    async within(trx, localDate) {
      const stored = await cache.within(trx);
      if (known?.stored !== stored) {
        known = { stored, wishes: await wishesOf(engine, stored) };
      }
      const { dueWithinDays, daily, needs } = known.wishes;
      if (dueWithinDays === null && daily.size === 0) return { stored, horizon: null };
      const until = dueWithinDays === null ? null : daysAfter(localDate, dueWithinDays);
      return { stored, horizon: { until, daily, needs } };
    },
  };
}
