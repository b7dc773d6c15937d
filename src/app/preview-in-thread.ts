import { Worker } from 'node:worker_threads';
import { moduleBeside } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import type { PreviewRunner } from '../preview/index.ts';
import type { PreviewStart } from './preview-thread.ts';

/**
 * Works on each preview in a thread of its own, with its own database connections and rules: it keeps a processor busy for minutes, and
 * neither hooks nor the planning of the daily run may wait for it.
 */
export function previewInThread(
  config: Pick<Config, 'databaseUrl' | 'rules' | 'ruleTimeoutMs'>,
): PreviewRunner {
  const { databaseUrl, rules, ruleTimeoutMs } = config;
  return (id, signal) => {
    const ended = Promise.withResolvers<void>();
    const workerData: PreviewStart = { databaseUrl, rules, ruleTimeoutMs, id };
    const worker = new Worker(moduleBeside('./preview-thread', import.meta.url), {
      workerData,
      execArgv: [],
    });
    const stop = () => worker.postMessage('stop');
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    worker.on('error', ended.reject);
    worker.on('exit', () => ended.resolve());
    return ended.promise.finally(() => signal.removeEventListener('abort', stop));
  };
}
