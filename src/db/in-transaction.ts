import { setTimeout as sleep } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { StorageError } from '../base/index.ts';
import type { Db } from './connect.ts';
import { insideTransaction } from './own-connection.ts';
import type { Database } from './tables.ts';

/** Deadlock, or a conflict at COMMIT in a cluster. */
const DEADLOCK = 1213;
const LOCK_WAIT_TIMEOUT = 1205;
/** Another transaction was faster; the next try sees its row. */
const DUPLICATE_KEY = 1062;
const CONFLICTS: ReadonlySet<unknown> = new Set([DEADLOCK, LOCK_WAIT_TIMEOUT, DUPLICATE_KEY]);

/** A conflict in five tries is not bad timing; the caller keeps its work and comes back later. */
export const TRANSACTION_TRIES = 5;

/** The first pause is shorter than this; each later one may be twice as long. */
const FIRST_PAUSE_MS = 10;

/**
 * Runs the work in one transaction and commits. After a deadlock, a lock timeout or a duplicate key it rolls back and repeats
 * the whole work, also when COMMIT itself reports the conflict (in clusters).
 *
 * @throws {StorageError} `transaction-conflict` after {@link TRANSACTION_TRIES} tries.
 */
export async function inTransaction<T>(
  db: Db,
  work: (trx: Transaction<Database>) => Promise<T>,
): Promise<T> {
  return untilCommitted(() =>
    db.transaction().execute((trx) => insideTransaction(() => work(trx))),
  );
}

/**
 * Repeats a transaction, from BEGIN to COMMIT, after each conflict.
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

/** Whether the database rolled the transaction back and a repeat may succeed. */
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
