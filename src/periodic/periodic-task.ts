import type { Logger } from '../base/index.ts';

export interface PeriodicTaskDependencies {
  /** For the log: what is done. */
  readonly name: string;
  /** How often this replica looks whether it is its turn; the claim decides, so that a missed one is caught up. */
  readonly lookEveryMs: number;
  /** Claims the turn for all replicas: true for one of them. */
  readonly claim: () => Promise<boolean>;
  readonly run: () => Promise<void>;
  readonly log: Logger;
  /** From 0 up to 1. */
  readonly random: () => number;
}

export interface PeriodicTask {
  /** No further turn is begun; the one at work is waited for. */
  close(): Promise<void>;
}

/** Spread, so that replicas started together do not look together. */
const JITTER = 0.2;
/** After a start, more urgent work comes first, for this long at most. */
const FIRST_LOOK_MAX_MS = 60_000;

/** Does something again and again, in one replica. A failure is logged and tried again at the next turn. */
export function startPeriodicTask({
  name,
  lookEveryMs,
  claim,
  run,
  log,
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
