import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../base/index.ts';

export interface ResumptionDependencies {
  /** Continues an interrupted daily run; true when there is none. False also while the service may not act yet. */
  readonly resumeRun: () => Promise<boolean>;
  /** Whether WHMCS has hooks to send or commands to run. */
  readonly isWorkWaiting: () => Promise<boolean>;
  /** Asks WHMCS to do both. */
  readonly ring: () => void;
  readonly log: Logger;
  readonly everyMs?: number;
}

export interface Resumption {
  /** The database is fit again: what waited for it is done now. */
  start(): void;
  close(): Promise<void>;
}

/** Long enough for WHMCS to send a batch, and short beside its cron, which comes every five minutes. */
const EVERY_MS = 4000;
/** A minute in all. Whatever waits after it does not wait for the database. */
const TRIES = 15;

/**
 * Sets going what waited for the database, so that it need not wait for WHMCS's cron as well. It tries again for a minute,
 * because after a restart the first connection may be a dead one, and the service must first know the database again.
 */
export function createResumption({
  resumeRun,
  isWorkWaiting,
  ring,
  log,
  everyMs = EVERY_MS,
}: ResumptionDependencies): Resumption {
  const closing = new AbortController();
  let triesLeft = 0;
  /** Whether the database had another fault since the last look; what it interrupted may not have been seen. */
  let isStartedAgain = false;
  let current: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (; triesLeft > 0 && !closing.signal.aborted; triesLeft--) {
      isStartedAgain = false;
      try {
        const isRunDone = await resumeRun();
        const isWaiting = await isWorkWaiting();
        if (isWaiting) ring();
        else if (isRunDone && !isStartedAgain) break;
      } catch (error) {
        log.warn({ err: error }, 'The work that waited for the database could not be resumed yet');
      }
      await sleep(everyMs, undefined, { signal: closing.signal }).catch(() => undefined);
    }
    current = undefined;
  }

  return {
    start() {
      triesLeft = TRIES;
      isStartedAgain = true;
      current ??= work();
    },
    async close() {
      closing.abort();
      await current;
    },
  };
}
