import type { RequestListener } from 'node:http';
import { hostname } from 'node:os';
import type { Logger } from '../base/index.ts';
import { newId, SERVICE_VERSION } from '../base/index.ts';
import { readFollowing } from '../books/index.ts';
import { countOverdueCommands } from '../commands/index.ts';
import type { Config } from '../config/index.ts';
import { type Db, lookAtNotes } from '../db/index.ts';
import type { Follower } from '../follow/index.ts';
import {
  createApiRouter,
  createDoorbell,
  createHttpApp,
  createMetricsApp,
  createRefusalLog,
  createStrangerCounter,
  deliveriesEndpoint,
  manifestEndpoint,
  pageEndpoint,
  pairEndpoint,
  remedyFor,
  runEndpoint,
} from '../http/index.ts';
import { createHost, createPairing } from '../pairing/index.ts';
import { startPeriodicTask } from '../periodic/index.ts';
import { eraseGoneClients } from '../privacy/index.ts';
import { claimTurn } from './claim-turn.ts';
import { createSettledCounter } from './count-settled.ts';
import { createApiContext } from './create-api-context.ts';
import { createFollowing } from './create-following.ts';
import { createParts } from './create-parts.ts';
import { findNeglect } from './find-neglect.ts';
import { isWorkWaiting } from './is-work-waiting.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { planInThread } from './plan-in-thread.ts';
import { previewInThread } from './preview-in-thread.ts';
import { probeStorage } from './probe-storage.ts';
import { readBacklog } from './read-backlog.ts';
import { readOpenWork } from './read-open-work.ts';
import { type StartedReadiness, startReadiness } from './readiness.ts';
import { createResumption } from './resume-work.ts';
import { prune } from './retention.ts';
import { watchCommands } from './watch-commands.ts';
import { watchNotes } from './watch-notes.ts';
import { watchWhmcs } from './watch-whmcs.ts';

/** The assembled service. It waits for its database and does not listen yet. */
export interface App {
  readonly handler: RequestListener;
  readonly metricsHandler: RequestListener;
  readonly metrics: Metrics;
  readonly readiness: StartedReadiness;
  /** From now on, callers are asked to come back later, and planning ends after the ranges at hand. */
  beginStopping(): void;
  /** Ends background work and closes the database. Calls in flight must have ended before. */
  close(): Promise<void>;
}

export interface AppOptions {
  /** Unix milliseconds; the system's clock when absent. */
  readonly now?: () => number;
}

const NOT_ACTIVATED =
  'The addon is not activated. Activate it in WHMCS under Configuration > System Settings > Addon Modules.';

/** How often the counts of strangers are stored. */
const FLUSH_STRANGERS_MS = 15_000;
/** The shim fetches its commands within this time; for those left after it, the service rings the doorbell. */
const OVERDUE_AFTER_MS = 5000;
/** Often enough to keep each pruning cheap; no row must be deleted to the minute. */
const PRUNE_EVERY_SECONDS = 3600;
const PRUNE_LOOK_MS = 600_000;
/** With the twelve hours that a client must be gone, well within a day. */
const ERASE_EVERY_SECONDS = 3 * 3600;
/** A removal that became stale because its client spent credit is planned again within about this time. */
const GRANTS_EVERY_SECONDS = 60;
/** A difference opens after two looks five minutes apart, so once a minute is often enough. */
const RECONCILE_EVERY_SECONDS = 60;
/** More often than the turns, so that a turn which a fault of the database cost is made up for within a minute of its mend. */
const LOOK_FOR_TURN_MS = 30_000;
/** All replicas together ring at most this often. */
const RING_EVERY_SECONDS = 4;

/**
 * Assembles the service. Only this file and `create-parts.ts` know every room.
 *
 * @throws {RuleError} when the built-in rules cannot be loaded.
 */
export async function createApp(
  config: Config,
  log: Logger,
  { now = Date.now }: AppOptions = {},
): Promise<App> {
  const metrics = createMetrics();
  let following: Follower | undefined;
  const noticed = (error: unknown) => void readiness.noticed(error);
  const planRun = planInThread(config, metrics.decided);
  const parts = await createParts(config, {
    log,
    now,
    onResult(hook, outcome) {
      metrics.deliveryTaken(hook, outcome);
      // The act that fired the hook may have moved credit.
      following?.nudge();
    },
    onDecided: metrics.decided,
    onCommands: () => doorbell?.ring(),
    runPreview: previewInThread(config),
    planRun: (...run) =>
      planRun(...run).catch((error) => {
        noticed(error);
        throw error;
      }),
  });
  const { db, receiver, runs, pages } = parts;
  for (const { source, problem } of parts.engine.rules()) {
    if (problem !== undefined) log.warn({ source, problem }, 'A rule could not be loaded');
  }
  const pairing = createPairing({
    db,
    host: createHost({ db, name: hostname(), newId, now, log }),
    serviceVersion: SERVICE_VERSION,
    now,
    log,
  });
  following = createFollowing(config, { parts, pairing, log, now, onFailure: noticed });
  const readiness = startReadiness({
    probe: (forRoom) => probeStorage(db, forRoom),
    async whyApart() {
      const installation = await pairing.installation();
      return installation === undefined ? NOT_ACTIVATED : installation.obstacle;
    },
    notices: () => whmcs.notices(),
    onFit,
    now,
    log,
  });
  const countSettled = createSettledCounter(db, metrics.commandsSettled);
  const whmcs = watchWhmcs({
    look: () => findNeglect(db, new Date(now()), readiness.obstacle()),
    now,
    log,
  });
  const refusalLog = createRefusalLog({ log, now });
  const strangers = createStrangerCounter({
    db,
    onCount(code) {
      metrics.strangerRefused(code);
      refusalLog.tell(code, remedyFor(code));
    },
    log,
  });
  const notes = watchNotes(() => lookAtNotes(db), log);
  const flushing = setInterval(() => {
    refusalLog.flush();
    void strangers.flush();
  }, FLUSH_STRANGERS_MS);
  const doorbell =
    config.whmcsUrl === undefined
      ? undefined
      : createDoorbell({
          whmcsUrl: config.whmcsUrl,
          keys: config.keys.toWhmcs,
          // A copied service must not ring the original's WHMCS.
          installation: async () => {
            const known = await pairing.installation();
            return known?.isHome === true ? known.id : undefined;
          },
          canWork: () => isWorkWaiting(db),
          onRing: metrics.doorbellRung,
          onRefused: refusalLog.tell,
          newId,
          now,
          log,
        });
  const watch =
    doorbell &&
    watchCommands({
      countOverdue: () => countOverdueCommands(db, new Date(now() - OVERDUE_AFTER_MS)),
      claim: () => claimTurn(db, 'doorbell-rung-at', RING_EVERY_SECONDS),
      ring: doorbell.ring,
      log,
    });
  const retention = { payloadDays: config.keepPayloadsDays, recordDays: config.keepRecordsDays };
  const pruning = startPeriodicTask({
    name: 'pruning',
    lookEveryMs: PRUNE_LOOK_MS,
    random: Math.random,
    onFailure: noticed,
    log,
    claim: async () =>
      readiness.obstacle() === undefined && (await claimTurn(db, 'pruned-at', PRUNE_EVERY_SECONDS)),
    run: async () => {
      log.info(
        await prune(db, new Date(now()), retention),
        'Rows past their retention time were removed',
      );
    },
  });
  const erasing = startPeriodicTask({
    name: 'erasing',
    lookEveryMs: PRUNE_LOOK_MS,
    random: Math.random,
    onFailure: noticed,
    log,
    // While a database may have been restored, a client who is missing need not be gone.
    claim: async () => {
      const installation = await pairing.installation();
      const isSure = installation?.paired === true && installation.halted === undefined;
      return (
        isSure &&
        readiness.obstacle() === undefined &&
        (await claimTurn(db, 'erased-at', ERASE_EVERY_SECONDS))
      );
    },
    run: async () => {
      const rows = await eraseGoneClients(db);
      if (rows > 0n)
        log.info({ rows: Number(rows) }, 'What was kept of clients who are gone was erased');
    },
  });
  const dueGrants = startPeriodicTask({
    name: 'due grants',
    lookEveryMs: LOOK_FOR_TURN_MS,
    random: Math.random,
    onFailure: noticed,
    log,
    claim: async () =>
      readiness.obstacle() === undefined &&
      (await pairing.installation())?.paired === true &&
      (await claimTurn(db, 'grants-told-at', GRANTS_EVERY_SECONDS - 1)),
    run: async () => {
      await lookAtNotes(db);
      const commands = await parts.tellDueGrants();
      if (commands > 0) log.info({ commands }, 'Grants were due');
    },
  });
  const reconciling = startPeriodicTask({
    name: 'reconciling',
    lookEveryMs: LOOK_FOR_TURN_MS,
    random: Math.random,
    onFailure: noticed,
    claim: async () =>
      readiness.obstacle() === undefined &&
      (await pairing.installation())?.paired === true &&
      (await claimTurn(db, 'reconciled-at', RECONCILE_EVERY_SECONDS - 1)),
    run: async () => {
      await lookAtNotes(db);
      // A failing operation must not stop the comparison of balances.
      try {
        await parts.operations.sweep(new Date(now()));
      } finally {
        await parts.reconciliation.look();
      }
      await parts.announceAgain();
    },
    log,
  });
  const resumption = createResumption({
    async resumeRun() {
      const installation = await pairing.installation();
      if (installation?.paired !== true || installation.halted !== undefined) return false;
      return runs.resume();
    },
    isWorkWaiting: async () => doorbell !== undefined && (await isWorkWaiting(db)),
    ring: () => doorbell?.ring(),
    log,
  });
  let isFollowing = false;
  function onFit(): void {
    resumption.start();
    if (isFollowing) following?.nudge();
    else following?.start();
    isFollowing = true;
  }

  let stopping = false;
  return {
    handler: createHttpApp({
      api: createApiRouter({
        context: createApiContext(parts, { now, onCommands: () => doorbell?.ring() }),
        version: SERVICE_VERSION,
        isStopping: () => stopping,
        readiness,
        metrics,
        onRefused: refusalLog.tell,
        log,
      }),
      endpoints: [
        deliveriesEndpoint(receiver),
        manifestEndpoint(receiver),
        pairEndpoint(pairing),
        runEndpoint(runs, retention),
        pageEndpoint(pages, log),
      ],
      keys: config.keys,
      installation: config.installation,
      deliveries: receiver,
      isStopping: () => stopping,
      onRefused: refusalLog.tell,
      pairing,
      readiness,
      strangers,
      metrics,
      log,
      now,
    }),
    metricsHandler: createMetricsApp(metrics.registry, async () => {
      metrics.setReady((await readiness.whyNotReady()) === undefined);
      // A database in trouble may hang, and a scrape must not: `creditbridge_ready` says enough then.
      const ifFit = <T>(read: (from: Db) => Promise<T>): Promise<T | undefined> =>
        readiness.obstacle() === undefined
          ? read(db).catch(() => undefined)
          : Promise.resolve(undefined);
      metrics.setBacklog(await ifFit(readBacklog));
      metrics.setFollowing(await ifFit(readFollowing));
      metrics.setOpenWork(await ifFit(readOpenWork));
      await ifFit(countSettled);
    }),
    metrics,
    readiness,
    beginStopping() {
      stopping = true;
      parts.runs.beginStopping();
    },
    async close() {
      clearInterval(flushing);
      notes.close();
      await whmcs.close();
      await readiness.close();
      await resumption.close();
      await pruning.close();
      await erasing.close();
      await dueGrants.close();
      await reconciling.close();
      await watch?.close();
      await doorbell?.close();
      await strangers.flush();
      await following?.close();
      await parts.close();
    },
  };
}
