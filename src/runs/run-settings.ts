import type { SettingsCache } from '../deciding/index.ts';
import type { Engine } from '../rules/engine/index.ts';
import type { Need } from '../rules/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { type Horizon, horizonOf } from './horizon.ts';

const DAY_MS = 86_400_000;

/** The settings of a run, and the invoices to plan under them. */
export interface RunSettings {
  /** Loads the settings and asks the rules about them only when the version differs. */
  at(version: string, localDate: string): Promise<CurrentSettings>;
}

export interface CurrentSettings {
  readonly stored: StoredSettings;
  /** Null when no rule wants to see due invoices. */
  readonly horizon: { readonly until: string; readonly needs: ReadonlySet<Need> } | null;
}

export function createRunSettings(
  cache: Pick<SettingsCache, 'at'>,
  engine: Pick<Engine, 'rules' | 'validateSettings'>,
): RunSettings {
  let known: { readonly stored: StoredSettings; readonly horizon: Horizon } | undefined;

  return {
    async at(version, localDate) {
      const stored = await cache.at(version);
      if (known?.stored !== stored) {
        known = { stored, horizon: await horizonOf(engine, stored) };
      }
      const { dueWithinDays, needs } = known.horizon;
      if (dueWithinDays === null) return { stored, horizon: null };
      const until = new Date(Date.parse(localDate) + dueWithinDays * DAY_MS);
      return { stored, horizon: { until: until.toISOString().slice(0, 10), needs } };
    },
  };
}
