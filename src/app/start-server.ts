import type { Logger } from '../base/index.ts';
import type { Config } from '../config/index.ts';
import { describeListenAddress, type ListenAddress } from '../config/index.ts';
import { type Listening, listen } from '../http/index.ts';
import type { App } from './create-app.ts';
import { addProcessMetrics } from './metrics.ts';

export interface RunningServer {
  readonly address: ListenAddress;
  readonly metricsAddress: ListenAddress | undefined;
  /** Stops accepting calls, answers those in flight, ends background work, closes the database. */
  stop(): Promise<void>;
}

/** Calls in flight get this long; the rest of the ten seconds is for background work. */
const DRAIN_LIMIT_MS = 6000;

/**
 * Starts to listen; the app may still wait for its database.
 *
 * @throws {ListenError} when an address is taken; the app is closed before.
 */
export async function startServer(app: App, config: Config, log: Logger): Promise<RunningServer> {
  const listening: Listening[] = [];
  try {
    const main = await listen(app.handler, config.listen);
    listening.push(main);
    const metrics =
      config.metricsListen &&
      (await listen(app.metricsHandler, config.metricsListen, 'CREDITBRIDGE_METRICS_LISTEN'));
    if (metrics !== undefined) {
      listening.push(metrics);
      addProcessMetrics(app.metrics);
    }
    log.info(
      {
        address: describeListenAddress(main.address),
        metrics: metrics && describeListenAddress(metrics.address),
      },
      'Listening',
    );
    return {
      address: main.address,
      metricsAddress: metrics?.address,
      stop: () => stop(app, listening, log),
    };
  } catch (error) {
    await stop(app, listening, log);
    throw error;
  }
}

async function stop(app: App, listening: readonly Listening[], log: Logger): Promise<void> {
  app.beginStopping();
  const cut = await Promise.all(listening.map((one) => one.close(DRAIN_LIMIT_MS)));
  const connections = cut.reduce((sum, one) => sum + one, 0);
  if (connections > 0) log.warn({ connections }, 'Connections were cut off while stopping');
  await app.close();
}
