import { parentPort, workerData } from 'node:worker_threads';
import { createLogger, newId } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { connect, lookAtNotes } from '../db/index.ts';
import { createSettingsCache, type Tally } from '../deciding/index.ts';
import { createEachAlone } from '../periodic/index.ts';
import { createEngine } from '../rules/engine/index.ts';
import {
  createRunSettings,
  createRunStore,
  planRun,
  RANGES_AT_ONCE,
  type Run,
} from '../runs/index.ts';

/** The data that the thread starts with. */
export type PlannerStart = Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs' | 'logLevel'>;

export interface PlanRequest {
  readonly run: Run;
  readonly whmcsVersion: string;
}

/** `stop`: it ends after the ranges at hand. */
export type ToPlanner = PlanRequest | 'stop';

/** `planned` ends a request; before it, the thread tells what it decided in each range. */
export type FromPlanner = 'planned' | Tally;

/** The thread that plans runs, one after another, and tells when each is done. It shares only the database with the service. */

/** One for each range planned at the same time, and one for claims and renewals. */
const CONNECTIONS = RANGES_AT_ONCE + 1;

const port = parentPort;
if (port === null) throw new Error('This file runs only as a worker thread.');
const start: PlannerStart = workerData;
const stopping = new AbortController();

const db = connect(start.databaseUrl, CONNECTIONS);
const engine = await createEngine({ rules: start.rules, timeoutMs: start.ruleTimeoutMs });
const log = createLogger(start.logLevel);
const settings = createRunSettings(createSettingsCache(db), engine);
const planning = {
  store: createRunStore(db, { newId, now: Date.now, onDecided: (tally) => tell(tally) }),
  engine,
  settings,
  eachAlone: createEachAlone({ db, now: Date.now, log }),
  log,
  signal: stopping.signal,
};

let work: Promise<void> = Promise.resolve();

// Without a handler, a failed run ends the thread, and the service hears why.
port.on('message', (message: ToPlanner) => {
  if (message === 'stop') stopping.abort();
  work = work.then(() => (message === 'stop' ? end() : plan(message)));
});

async function plan({ run, whmcsVersion }: PlanRequest): Promise<void> {
  // An upgrade of WHMCS may lie between two runs.
  await lookAtNotes(db);
  await planRun(run, { ...planning, whmcsVersion });
  tell('planned');
}

function tell(message: FromPlanner): void {
  port?.postMessage(message);
}

async function end(): Promise<void> {
  await engine.close();
  await db.destroy();
  port?.close();
}
