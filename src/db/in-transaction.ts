import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { StorageError } from '../base/index.ts';
import type { Db } from './connect.ts';
import type { Database } from './tables.ts';

/** Deadlock, or a conflict that a cluster found at COMMIT. */
const DEADLOCK = 1213;
const LOCK_WAIT_TIMEOUT = 1205;
/** A key is there already: somebody was faster, and the next try sees what they wrote. */
const DUPLICATE_KEY = 1062;
const CONFLICTS: ReadonlySet<unknown> = new Set([DEADLOCK, LOCK_WAIT_TIMEOUT, DUPLICATE_KEY]);

/** A conflict that survives five tries is no accident of timing; the caller keeps what it has and comes back. */
export const TRANSACTION_TRIES = 5;

/** The first pause is shorter than this; each further one may be twice as long. */
const FIRST_PAUSE_MS = 10;

/**
 * Runs the work in one transaction and commits. A deadlock, a lock not got in time and a key that is there already undo
 * everything and the whole work is done again, also when COMMIT itself said so (in a cluster it does).
 *
 * @throws {StorageError} `transaction-conflict` after {@link TRANSACTION_TRIES} tries.
 */
export async function inTransaction<T>(
  db: Db,
  work: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return untilCommitted(() => db.transaction().execute(work));
}

/**
 * Does a transaction, from its begin to its COMMIT, again after a conflict.
 *
 * @throws {StorageError} `transaction-conflict` after {@link TRANSACTION_TRIES} tries.
 */
export async function untilCommitted<T>(transact: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (attempt === TRANSACTION_TRIES) throw exhausted(error);
      await sleep(Math.random() * FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** Whether the database undid the transaction and would take it again. */
export function isConflict(error: unknown): boolean {
  return error instanceof Error && 'errno' in error && CONFLICTS.has(error.errno);
}

function exhausted(cause: unknown): StorageError {
  return new StorageError(
    'transaction-conflict',
    `A transaction met a conflict ${TRANSACTION_TRIES} times.`,
    { cause, retry: true },
  );
}
