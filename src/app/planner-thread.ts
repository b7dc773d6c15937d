import { parentPort, workerData } from 'node:worker_threads';
import { v7 as newId } from 'uuid';
import { createLogger } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { connect } from '../db/index.ts';
import { createSettingsCache } from '../deciding/index.ts';
import { createEachAlone } from '../periodic/index.ts';
import { createEngine } from '../rules/engine/index.ts';
import { createRunSettings, createRunStore, planRun, type Run } from '../runs/index.ts';
import { loadSettings } from '../settings/index.ts';

/** The data that the thread starts with. */
export interface PlannerStart
  extends Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs' | 'logLevel'> {
  readonly run: Run;
  readonly whmcsVersion: string;
}

/** The thread that plans one run and ends. It shares only the database with the service. */

/** One for each range planned at the same time, and one for claims and renewals. */
const CONNECTIONS = 3;

const start: PlannerStart = workerData;
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort());

const db = connect(start.databaseUrl, CONNECTIONS);
const engine = await createEngine({ rules: start.rules, timeoutMs: start.ruleTimeoutMs });
const log = createLogger(start.logLevel);
try {
  const cache = createSettingsCache(() => loadSettings(db));
  await planRun(start.run, {
    store: createRunStore(db, { newId, now: Date.now }),
    engine,
    settings: createRunSettings(cache, engine),
    whmcsVersion: start.whmcsVersion,
    eachAlone: createEachAlone({ db, now: Date.now, log }),
    log,
    signal: stopping.signal,
  });
} finally {
  await engine.close();
  await db.destroy();
  parentPort?.close();
}
