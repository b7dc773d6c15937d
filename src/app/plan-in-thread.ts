import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { Tally } from '../deciding/index.ts';
import type { Planner } from '../runs/index.ts';
import type { FromPlanner, PlannerStart, PlanRequest, ToPlanner } from './planner-thread.ts';

/**
 * Plans runs, one after another, in a thread with its own database connections and rules. Planning keeps a processor busy for
 * seconds; in the service's thread, hooks would wait for it (measured: `npm run bench -- --only meanwhile`). The thread starts
 * with the first run and stays, because loading its code takes as long as planning some ten thousand invoices. It ends with
 * the signal, and with a run that fails; the next run then has a new one.
 *
 * @param onDecided is told after each commit what was decided.
 */
export function planInThread(
  config: Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs' | 'logLevel'>,
  onDecided?: (tally: Tally) => void,
): Planner {
  const { databaseUrl, rules, ruleTimeoutMs, logLevel } = config;
  let planner: PlannerThread | undefined;
  return (run, whmcsVersion, signal) => {
    if (signal.aborted) return Promise.resolve();
    if (planner === undefined || planner.ended()) {
      planner = startPlanner({ databaseUrl, rules, ruleTimeoutMs, logLevel }, signal, onDecided);
    }
    return planner.plan({ run, whmcsVersion });
  };
}

interface PlannerThread {
  /** Resolves when no range is left, or after the signal. Rejects when the thread fails. */
  plan(request: PlanRequest): Promise<void>;
  ended(): boolean;
}

function startPlanner(
  workerData: PlannerStart,
  signal: AbortSignal,
  onDecided?: (tally: Tally) => void,
): PlannerThread {
  const worker = new Worker(moduleBeside('./planner-thread', import.meta.url), {
    workerData,
    execArgv: [],
  });
  const asked: PromiseWithResolvers<void>[] = [];
  let hasEnded = false;
  const send = (message: ToPlanner) => worker.postMessage(message);
  const stop = () => send('stop');
  const end = (error: unknown) => {
    hasEnded = true;
    signal.removeEventListener('abort', stop);
    for (const { reject } of asked.splice(0)) reject(error);
  };
  signal.addEventListener('abort', stop);
  // It plans in the order of the requests.
  worker.on('message', (message: FromPlanner) => {
    if (message === 'planned') asked.shift()?.resolve();
    else onDecided?.(message);
  });
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that plans runs has ended.')));
  return {
    plan(request) {
      const answer = Promise.withResolvers<void>();
      asked.push(answer);
      send(request);
      return answer.promise;
    },
    ended: () => hasEnded,
  };
}
