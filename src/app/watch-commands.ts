import type { Logger } from '../base/index.ts';

export interface WatchDependencies {
  /** Commands that WHMCS could have run some seconds ago and did not. */
  readonly countOverdue: () => Promise<number>;
  /** Claims the turn to ring for all replicas. */
  readonly claim: () => Promise<boolean>;
  readonly ring: () => void;
  readonly log: Logger;
}

export interface Watch {
  /** No further look is begun; the one at work is waited for. */
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 5000;
/** While ringing does not help (WHMCS is down, a command is blocked), it is rung ever less, in the end as often as cron runs. */
const PAUSE_MAX_MS = 300_000;

/**
 * Rings WHMCS when commands wait that nobody runs: those a daily run planned in the background, those that were to wait for
 * a while, those an admin caused by the command line.
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
      log.debug({ err: error }, 'Could not look for commands that wait');
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
