import type { RequestListener } from 'node:http';
import { v7 as newId } from 'uuid';
import type { Config } from './config.ts';
import { createStrangerCounter } from './count-strangers.ts';
import {
  connect,
  createPairingStore,
  createStrangerStore,
  type Db,
  probeStorage,
} from './db/index.ts';
import { createDoorbell, createHttpApp, type Doorbell, pairEndpoint } from './http/index.ts';
import type { Logger } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { createPairing } from './pairing/index.ts';
import { type StartedReadiness, startReadiness } from './readiness.ts';
import { SERVICE_VERSION } from './version.ts';

/** The service, put together and waiting for its database; it does not listen yet. */
export interface App {
  readonly handler: RequestListener;
  readonly metrics: Metrics;
  readonly readiness: StartedReadiness;
  readonly db: Db;
  readonly doorbell: Doorbell | undefined;
  /** From now on calls are told to come back later. */
  beginStopping(): void;
  /** Ends what works in the background and closes the database. Calls in flight must be over. */
  close(): Promise<void>;
}

export interface AppOptions {
  /** Unix milliseconds; the system's clock when absent. */
  readonly now?: () => number;
}

/** How often counts of strangers are written down. */
const FLUSH_STRANGERS_MS = 15_000;

/** Puts the service together: the only file that knows everyone. */
export function createApp(config: Config, log: Logger, { now = Date.now }: AppOptions = {}): App {
  const metrics = createMetrics();
  const db = connect(config.databaseUrl);
  const pairing = createPairing({
    store: createPairingStore(db),
    serviceVersion: SERVICE_VERSION,
    now,
    log,
  });
  const readiness = startReadiness({
    probe: () => probeStorage(db),
    isPaired: async () => (await pairing.installation())?.paired === true,
    now,
    log,
  });
  const strangers = createStrangerCounter({
    store: createStrangerStore(db),
    onCount: metrics.strangerRefused,
    log,
  });
  const doorbell =
    config.whmcsUrl === undefined
      ? undefined
      : createDoorbell({
          whmcsUrl: config.whmcsUrl,
          keys: config.keys.toWhmcs,
          installation: async () => (await pairing.installation())?.id,
          newId,
          now,
          onRing: metrics.doorbellRung,
          log,
        });

  let stopping = false;
  const flushing = setInterval(() => strangers.flush(), FLUSH_STRANGERS_MS);
  return {
    handler: createHttpApp({
      endpoints: [pairEndpoint(pairing)],
      keys: config.keys,
      installation: config.installation,
      deliveries: { storeRefused: async () => undefined },
      pairing,
      readiness,
      strangers,
      metrics,
      log,
      now,
      isStopping: () => stopping,
    }),
    metrics,
    readiness,
    db,
    doorbell,
    beginStopping() {
      stopping = true;
    },
    async close() {
      clearInterval(flushing);
      await readiness.close();
      await doorbell?.close();
      await strangers.flush();
      await db.destroy();
    },
  };
}
