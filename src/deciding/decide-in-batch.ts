import type { Packets } from '../db/index.ts';
import type { Batch } from './batch.ts';
import type { Tally } from './tally.ts';

export interface BatchDependencies {
  readonly packets: Packets;
  readonly newId: () => string;
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called after each commit, with what was decided. */
  readonly onDecided?: ((tally: Tally) => void) | undefined;
}

/**
 * Runs the work in a batch and commits it. Statements of one turn of the event loop go to the server together and run in the
 * order of the calls, so start independent statements together.
 *
 * @param work `commit` sends COMMIT in one packet with the statements of its turn; no statement can follow it.
 * @throws {StorageError} after too many conflicts; the driver's own error when the database is gone.
 */
export async function decideInBatch<T>(
  { packets, newId, now, onDecided }: BatchDependencies,
  work: (batch: Batch, commit: () => Promise<void>) => Promise<T>,
): Promise<T> {
  let isFirstTry = true;
  let tally: Tally = new Map();
  const result = await packets.transaction((trx, commit) => {
    tally = new Map();
    const batch: Batch = { trx, at: new Date(now()), newId, isFirstTry, tally };
    isFirstTry = false;
    return work(batch, commit);
  });
  onDecided?.(tally);
  return result;
}
