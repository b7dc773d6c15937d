import type { Logger } from '../base/index.ts';

export interface WatchDependencies {
  /** Counts the commands that WHMCS could have run some seconds ago and did not. */
  readonly countOverdue: () => Promise<number>;
  /** Claims the turn to ring, which all replicas share. */
  readonly claim: () => Promise<boolean>;
  readonly ring: () => void;
  readonly log: Logger;
}

export interface Watch {
  /** Waits for the current look and starts no further one. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 5000;
/** While ringing does not help (WHMCS is down, a command is blocked), the pauses grow up to this: as rare as cron. */
const PAUSE_MAX_MS = 300_000;

/**
 * Rings WHMCS when commands wait and nobody runs them: those of a daily run planned in the background, delayed ones, those of
 * an admin at the command line.
 */
export function watchCommands({ countOverdue, claim, ring, log }: WatchDependencies): Watch {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let closed = false;
  let pauseMs = LOOK_EVERY_MS;
  let before = 0;

  const look = async () => {
    try {
      const overdue = await countOverdue();
      pauseMs =
        overdue > 0 && before > 0 && overdue >= before
          ? Math.min(pauseMs * 2, PAUSE_MAX_MS)
          : LOOK_EVERY_MS;
      before = overdue;
      if (overdue > 0 && (await claim())) ring();
    } catch (error) {
      log.debug({ err: error }, 'Could not look for waiting commands');
    }
  };
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => {
      current = look().finally(schedule);
    }, pauseMs);
    timer.unref();
  };
  schedule();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await current;
    },
  };
}
