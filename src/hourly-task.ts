import type { Logger } from './logger.ts';

export interface HourlyTaskDependencies {
  /** Claims the turn for all replicas: true for one of them, once per hour. */
  readonly claim: () => Promise<boolean>;
  readonly run: () => Promise<void>;
  readonly log: Logger;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface HourlyTask {
  /** No further turn is begun; the one at work is waited for. */
  close(): Promise<void>;
}

/** Replicas look this often whether it is their turn; the claim decides, so that a missed one is caught up. */
const LOOK_EVERY_MS = 600_000;
/** Spread, so that replicas started together do not look together. */
const JITTER = 0.2;
/** After a start, more urgent work comes first. */
const FIRST_LOOK_MS = 60_000;

/** Runs a task about once an hour, in one replica. A failure is logged and tried again at the next turn. */
export function startHourlyTask({ claim, run, log, random }: HourlyTaskDependencies): HourlyTask {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let closed = false;
  const schedule = (delayMs: number) => {
    if (closed) return;
    timer = setTimeout(
      () => {
        current = turn().finally(() => schedule(LOOK_EVERY_MS));
      },
      delayMs * (1 + (random() - 0.5) * 2 * JITTER),
    );
    timer.unref();
  };
  const turn = async () => {
    try {
      if (await claim()) await run();
    } catch (error) {
      log.warn({ err: error }, 'The hourly work failed and is tried again');
    }
  };
  schedule(FIRST_LOOK_MS);
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await current;
    },
  };
}
