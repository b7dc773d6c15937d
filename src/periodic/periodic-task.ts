import type { Logger } from '../base/index.ts';

export interface PeriodicTaskDependencies {
  /** What is done, for the log. */
  readonly name: string;
  /** How often this replica tries to claim a turn. The claim decides, so a missed turn is caught up. */
  readonly lookEveryMs: number;
  /** Claims the turn among all replicas; true for one of them. */
  readonly claim: () => Promise<boolean>;
  readonly run: () => Promise<void>;
  readonly log: Logger;
  /** Called with the error of a turn that failed. */
  readonly onFailure?: (error: unknown) => void;
  /** At least 0 and below 1. */
  readonly random: () => number;
}

export interface PeriodicTask {
  /** Starts no further turn and waits for the current one. */
  close(): Promise<void>;
}

/** Spreads the turns of replicas that were started together. */
const JITTER = 0.2;
/** The first turn waits at most this long, so that more urgent work goes first after a start. */
const FIRST_LOOK_MAX_MS = 60_000;

/** Runs work at intervals, in one replica at a time. A failure is logged, and the next turn tries again. */
export function startPeriodicTask({
  name,
  lookEveryMs,
  claim,
  run,
  log,
  onFailure,
  random,
}: PeriodicTaskDependencies): PeriodicTask {
  let timer: NodeJS.Timeout | undefined;
  let current: Promise<void> = Promise.resolve();
  let closed = false;
  const schedule = (delayMs: number) => {
    if (closed) return;
    timer = setTimeout(
      () => {
        current = turn().finally(() => schedule(lookEveryMs));
      },
      delayMs * (1 + (random() - 0.5) * 2 * JITTER),
    );
    timer.unref();
  };
  const turn = async () => {
    try {
      if (await claim()) await run();
    } catch (error) {
      log.warn({ err: error, task: name }, 'Periodic work failed and is tried again');
      onFailure?.(error);
    }
  };
  schedule(Math.min(FIRST_LOOK_MAX_MS, lookEveryMs));
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await current;
    },
  };
}
