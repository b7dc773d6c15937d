import { AsyncLocalStorage } from 'node:async_hooks';

const inside = new AsyncLocalStorage<true>();

/** Runs the work of a transaction. */
export function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  return inside.run(true, work);
}

/**
 * Refuses a second connection to the work of a transaction: once every connection is held by a transaction that waits for another
 * one, all of them wait for ever.
 *
 * @throws {TypeError} inside a transaction.
 */
export function refuseSecondConnection(): void {
  if (inside.getStore() === undefined) return;
  throw new TypeError(
    'A transaction asks for a second connection. Pass it what it needs, or read that before.',
  );
}
