import type { WorkingBook } from './working-book.ts';

/** Credit that an entry put into a grant. */
export interface Restored {
  readonly grantId: bigint;
  readonly amountHundredths: bigint;
}

/** Lists what an entry that added credit put into grants, last first: the grant it opened, then what it gave back. */
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
