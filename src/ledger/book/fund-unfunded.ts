import { inDrawOrder } from './draw-order.ts';
import type { LedgerSettings, Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** Covers unfunded parts, the oldest spend first, with the grants that may cover them, in the order of draw-down. */
export function fundUnfunded(book: WorkingBook, posting: Posting, settings: LedgerSettings): void {
  const allowed =
    posting.act.do === 'grant' && posting.act.fundsUnfunded ? posting.sequence : undefined;
  const eligible = [...book.openGrants()].filter(
    (grant) =>
      grant.kind !== 'promotional' || settings.promotionalFundsUnfunded || grant.id === allowed,
  );
  if (eligible.length === 0) return;
  const spends = [...book.unfundedSpends()].sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  if (spends.length === 0) return;
  const grants = inDrawOrder(eligible, settings, posting.on).values();
  let grant = grants.next().value;
  for (const { sequence } of spends) {
    while (grant !== undefined && book.spend(sequence).unfundedHundredths > 0n) {
      book.draw(grant.id, sequence);
      if (book.grant(grant.id).remainingHundredths === 0n) grant = grants.next().value;
    }
  }
}
