import type { RefusalCode } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';

/** Why a call was not even read. */
export type StrangerCode = Extract<
  RefusalCode,
  `signature-${string}` | `timestamp-${string}` | 'id-missing' | 'body-too-large'
>;

/** Where counts outlive the process, so that the addon page can show them. */
export interface StrangerStore {
  /** Adds to the counts kept for all replicas. */
  add(counts: ReadonlyMap<StrangerCode, number>): Promise<void>;
}

export interface StrangerCounter {
  count(code: StrangerCode): void;
  /** Writes what was counted since the last time. */
  flush(): Promise<void>;
}

/** A flood of strangers costs memory for one number per code, and one statement per flush. */
export function createStrangerCounter({
  store,
  onCount,
  log,
}: {
  readonly store: StrangerStore;
  readonly onCount: (code: StrangerCode) => void;
  readonly log: Logger;
}): StrangerCounter {
  let counts = new Map<StrangerCode, number>();
  const add = (code: StrangerCode, by: number) => counts.set(code, (counts.get(code) ?? 0) + by);
  return {
    count(code) {
      add(code, 1);
      onCount(code);
    },
    async flush() {
      if (counts.size === 0) return;
      const taken = counts;
      counts = new Map();
      try {
        await store.add(taken);
      } catch (error) {
        for (const [code, by] of taken) add(code, by);
        log.warn({ err: error }, 'Counts of refused strangers could not be stored');
      }
    },
  };
}
