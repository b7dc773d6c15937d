import type { WorkingBook } from './working-book.ts';

/** Credit that an entry put where it can be spent. */
export interface Restored {
  readonly grantId: bigint;
  readonly amountHundredths: bigint;
}

/** What an entry that brought credit put into grants, last first: the grant it opened, then what it gave back. */
export function restoredBy(book: WorkingBook, sequence: bigint): Restored[] {
  const opened = book.grants.get(sequence);
  const restored = book
    .rowsBy(sequence)
    .filter((row) => row.direction === 'return')
    .map(({ grantId, amountHundredths }) => ({ grantId, amountHundredths }))
    .reverse();
  if (opened === undefined) return restored;
  return [{ grantId: sequence, amountHundredths: opened.amountHundredths }, ...restored];
}
