import { v7 as newId } from 'uuid';
import { createLogger } from '../../src/base/logger.ts';
import { connect } from '../../src/db/index.ts';
import { createSettingsCache } from '../../src/deciding/index.ts';
import { createEachAlone } from '../../src/periodic/index.ts';
import { createEngine } from '../../src/rules/engine/index.ts';
import {
  createRunSettings,
  createRunStore,
  createRuns,
  type DailyRuns,
  type Planner,
  planRun,
  type RunStore,
} from '../../src/runs/index.ts';

export interface OpenRuns extends DailyRuns {
  readonly store: RunStore;
}

export interface OpenRunsOptions {
  readonly leaseSeconds?: number;
  /** Files of a provider's rules. */
  readonly rules?: readonly string[];
  /** Plans elsewhere, as the service does; absent: in this thread. */
  readonly planElsewhere?: Planner;
}

/** The daily run on a database, put together as the service does it. `close` also ends its threads and connections. */
export async function openRuns(
  databaseUrl: string,
  { rules = [], planElsewhere, ...options }: OpenRunsOptions = {},
): Promise<OpenRuns> {
  const db = connect(databaseUrl);
  const engine = await createEngine({ rules, timeoutMs: 5_000 });
  const store = createRunStore(db, { newId, now: Date.now });
  const cache = createSettingsCache(db);
  const settings = createRunSettings(cache, engine);
  const log = createLogger('error');
  const eachAlone = createEachAlone({ db, now: Date.now, log });
  const planHere: Planner = (run, whmcsVersion, signal) =>
    planRun(run, { ...options, store, engine, settings, whmcsVersion, eachAlone, log, signal });
  const runs = createRuns({
    store,
    planRun: planElsewhere ?? planHere,
    settings,
    engine,
    log,
    newId,
    doubtAbout: async () => null,
    whmcsVersion: async () => '8.13.1',
    tellDueGrants: async () => 0,
  });
  return {
    ...runs,
    store,
    async close() {
      await runs.close();
      await engine.close();
      await db.destroy();
    },
  };
}
