import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Config } from '../config/index.ts';
import type { Planner } from '../runs/index.ts';
import type { PlannerStart } from './planner-thread.ts';

/**
 * Plans each run in a new thread with its own database connections and rules. Planning keeps a processor busy for
 * seconds; in the service's thread, hooks would wait for it (measured: `npm run bench -- --only meanwhile`).
 */
export function planInThread(
  config: Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs' | 'logLevel'>,
): Planner {
  const { databaseUrl, rules, ruleTimeoutMs, logLevel } = config;
  return async (run, whmcsVersion, signal) => {
    if (signal.aborted) return;
    const workerData: PlannerStart = {
      databaseUrl,
      rules,
      ruleTimeoutMs,
      logLevel,
      run,
      whmcsVersion,
    };
    const worker = new Worker(new URL('./planner-thread.ts', import.meta.url), {
      workerData,
      execArgv: [],
    });
    const stop = () => worker.postMessage('stop');
    signal.addEventListener('abort', stop);
    try {
      // Rejects when the thread fails.
      await once(worker, 'exit');
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}
