import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { StorageError } from '../errors.ts';
import type { Db } from './connect.ts';
import type { Database } from './tables.ts';

/** Deadlock, or a conflict that a cluster found at COMMIT. */
const DEADLOCK = 1213;
const LOCK_WAIT_TIMEOUT = 1205;

/** A conflict that survives five tries is no accident of timing; the caller keeps what it has and comes back. */
export const TRANSACTION_TRIES = 5;

/** The first pause is shorter than this; each further one may be twice as long. */
const FIRST_PAUSE_MS = 10;

/** Thrown inside a transaction to have all of it undone and done again, on what is committed by then. */
export class TryAgain extends Error {
  override readonly name = 'TryAgain';
}

/**
 * Runs the work in one transaction and commits. A deadlock, a lock not got in time and {@link TryAgain} undo everything
 * and the whole work is done again, also when COMMIT itself said so (in a cluster it does).
 *
 * @throws {StorageError} `transaction-conflict` after {@link TRANSACTION_TRIES} tries.
 */
export async function inTransaction<T>(
  db: Db,
  work: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === TRANSACTION_TRIES) throw exhausted(error);
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether the database undid the transaction and would take it again. */
export function isConflict(error: unknown): boolean {
  if (error instanceof TryAgain) return true;
  const errno = error instanceof Error && 'errno' in error ? error.errno : undefined;
  return errno === DEADLOCK || errno === LOCK_WAIT_TIMEOUT;
}

function exhausted(cause: unknown): StorageError {
  return new StorageError(
    'transaction-conflict',
    `A transaction met a conflict ${TRANSACTION_TRIES} times.`,
    { cause, retry: true },
  );
}
