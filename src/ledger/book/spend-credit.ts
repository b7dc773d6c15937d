import { inDrawOrder } from './draw-order.ts';
import type { LedgerSettings, Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** Credit that a spend is to draw before any other, at most `limit` of it. */
export interface Preferred {
  readonly grantId: bigint;
  readonly limit?: bigint;
}

/** Credit went: what is preferred is drawn first, then the others in their order; the rest stays unfunded. */
export function spendCredit(
  book: WorkingBook,
  posting: Posting,
  preferred: readonly Preferred[],
  settings: LedgerSettings,
): void {
  const { sequence, amountHundredths, invoiceId } = posting;
  book.openSpend({ sequence, amountHundredths, invoiceId });
  for (const { grantId, limit } of preferred) {
    // A book holds every grant with something left: one that it does not hold is used up.
    if (book.grants.has(grantId)) book.draw(grantId, sequence, limit);
  }
  if (book.spend(sequence).unfundedHundredths === 0n) return;
  for (const grant of inDrawOrder(book.openGrants(), settings, posting.on)) {
    book.draw(grant.id, sequence);
    if (book.spend(sequence).unfundedHundredths === 0n) return;
  }
}
