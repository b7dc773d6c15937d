import { AsyncLocalStorage } from 'node:async_hooks';

const inside = new AsyncLocalStorage<{ isOver: boolean }>();

/** Runs the work of a transaction. */
export async function insideTransaction<T>(work: () => Promise<T>): Promise<T> {
  const transaction = { isOver: false };
  try {
    return await inside.run(transaction, work);
  } finally {
    // What the work began and did not wait for, such as a timer, may go on and ask for connections.
    transaction.isOver = true;
  }
}

/**
 * Refuses a second connection to the work of a transaction: once every connection is held by a transaction that waits for another
 * one, all of them wait for ever.
 *
 * @throws {TypeError} inside a transaction.
 */
export function refuseSecondConnection(): void {
  if (inside.getStore()?.isOver !== false) return;
  throw new TypeError(
    'A transaction asks for a second connection. Pass it what it needs, or read that before.',
  );
}
