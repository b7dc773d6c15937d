import type { Packets } from '../db/index.ts';
import type { Batch } from './batch.ts';

export interface BatchDependencies {
  readonly packets: Packets;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
}

/**
 * Does the work on a batch and commits it. Statements asked for in one turn go to the server together and happen in the
 * order in which they were asked for, so ask together for what does not depend on each other.
 *
 * @param work `commit` sends COMMIT in the same packet with what was asked for in that turn; nothing can follow it.
 * @throws {StorageError} after too many conflicts; whatever the driver throws when the database is gone.
 */
export function decideInBatch<T>(
  { packets, newId, now }: BatchDependencies,
  work: (batch: Batch, commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let isFirstTry = true;
  return packets.transaction((trx, commit) => {
    const batch: Batch = { trx, at: new Date(now()), newId, isFirstTry };
    isFirstTry = false;
    return work(batch, commit);
  });
}
