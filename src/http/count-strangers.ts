import type { RefusalCode } from '../../bridge/index.ts';
import type { Logger } from '../base/index.ts';
import type { Db } from '../db/index.ts';
import { addStrangers } from './stranger-counts.ts';

/** Why the service did not read a call. */
export type StrangerCode = Extract<
  RefusalCode,
  `signature-${string}` | `timestamp-${string}` | 'id-missing' | 'body-too-large'
>;

export interface StrangerCounter {
  count(code: StrangerCode): void;
  /** Stores the counts since the last flush. */
  flush(): Promise<void>;
}

/** Counts strangers. A flood costs one number per code in memory, and one statement per flush. */
export function createStrangerCounter({
  db,
  onCount,
  log,
}: {
  readonly db: Db;
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
        await addStrangers(db, taken);
      } catch (error) {
        for (const [code, by] of taken) add(code, by);
        log.warn({ err: error }, 'Counts of refused strangers could not be stored');
      }
    },
  };
}
