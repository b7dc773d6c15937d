import type { Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** Takes the credit of a payment that was taken back from the grants it opened, the newest first; the rest stays unfunded. */
export function reverseCredit(
  book: WorkingBook,
  { sequence, amountHundredths, invoiceId }: Posting,
  grants: readonly bigint[],
): void {
  book.openSpend({ sequence, amountHundredths, invoiceId });
  for (const id of grants.toSorted((a, b) => (a < b ? 1 : -1))) {
    // The book holds every grant with a rest, so a missing one is used up.
    if (book.grants.has(id)) book.draw(id, sequence);
  }
}
