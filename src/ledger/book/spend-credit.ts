import { inDrawOrder } from './draw-order.ts';
import type { LedgerSettings, Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** A grant that a spend draws before any other, at most `limit` of it. */
export interface Preferred {
  readonly grantId: bigint;
  readonly limit?: bigint;
}

/** Spends credit: draws preferred grants first, then the others in order; the rest stays unfunded. */
export function spendCredit(
  book: WorkingBook,
  posting: Posting,
  preferred: readonly Preferred[],
  settings: LedgerSettings,
): void {
  const { sequence, amountHundredths, invoiceId } = posting;
  book.openSpend({ sequence, amountHundredths, invoiceId });
  for (const { grantId, limit } of preferred) {
    // The book holds every grant with a rest, so a missing one is used up.
    if (book.grants.has(grantId)) book.draw(grantId, sequence, limit);
  }
  if (book.spend(sequence).unfundedHundredths === 0n) return;
  for (const grant of inDrawOrder(book.openGrants(), settings, posting.on)) {
    book.draw(grant.id, sequence);
    if (book.spend(sequence).unfundedHundredths === 0n) return;
  }
}
