import type { Logger } from '../base/index.ts';

/** Something outside of the service that keeps credit from moving. */
export interface Neglect {
  readonly name: string;
  readonly says: string;
  readonly remedy?: string;
}

export interface WhmcsWatch {
  /** What is wrong now, in sentences with what to do; as of the last look. */
  notices(): readonly string[];
  /** Waits for the current look and starts no further one. */
  close(): Promise<void>;
}

/** The queries are small, and an admin who mends something looks again soon. */
const LOOK_EVERY_MS = 10_000;
/** What lasts is logged again after this time, to keep it near the end of the log. */
const SAY_AGAIN_MS = 3_600_000;

/**
 * Looks whether WHMCS does its part: cron and worker run, the addon is active and signs rightly, hooks arrive and commands are
 * carried out. The service itself works all the same, so this stops nothing; the log, `/ready` and Health on the addon page say it.
 */
export function watchWhmcs({
  look,
  now,
  log,
  lookEveryMs = LOOK_EVERY_MS,
}: {
  /** What is wrong; throws while the database cannot tell. */
  readonly look: () => Promise<readonly Neglect[]>;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  readonly lookEveryMs?: number;
}): WhmcsWatch {
  let found: readonly Neglect[] = [];
  const saidAt = new Map<string, number>();
  let current: Promise<void> | undefined;

  async function once(): Promise<void> {
    try {
      found = await look();
    } catch (error) {
      // Readiness reports a database that is gone.
      log.debug({ err: error }, 'Could not look whether WHMCS does its part');
      return;
    }
    for (const { name, says, remedy } of found) {
      if (now() - (saidAt.get(name) ?? Number.NEGATIVE_INFINITY) < SAY_AGAIN_MS) continue;
      saidAt.set(name, now());
      log.warn({ check: name, says, remedy }, 'WHMCS does not do its part');
    }
    for (const name of saidAt.keys()) {
      if (found.some((one) => one.name === name)) continue;
      saidAt.delete(name);
      log.info({ check: name }, 'WHMCS does its part again');
    }
  }
  const timer = setInterval(() => {
    current ??= once().finally(() => {
      current = undefined;
    });
  }, lookEveryMs);
  return {
    notices: () =>
      found.map(
        ({ name, says, remedy }) => `${name}: ${says}${remedy === undefined ? '' : ` ${remedy}`}`,
      ),
    async close() {
      clearInterval(timer);
      await current;
    },
  };
}
