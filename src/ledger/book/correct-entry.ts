import { outstanding } from './outstanding.ts';
import { restoredBy } from './restored-by.ts';
import { returnCredit } from './return-credit.ts';
import type { Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** Takes back an entry that brought credit: the grants it opened or filled lose that, whoever has drawn it since. */
export function correctIncoming(book: WorkingBook, posting: Posting, corrects: bigint): void {
  const { sequence, amountHundredths, invoiceId } = posting;
  const restored = restoredBy(book, corrects);
  book.openSpend({ sequence, amountHundredths, invoiceId });
  for (const { grantId, amountHundredths: amount } of restored) {
    freeUp(book, grantId, amount, sequence);
    book.draw(grantId, sequence, amount);
  }
}

/** Makes so much of a grant available: those who drew from it last become unfunded. */
function freeUp(book: WorkingBook, grantId: bigint, amount: bigint, butFor: bigint): void {
  let lacking = amount - book.grant(grantId).remainingHundredths;
  if (lacking <= 0n) return;
  for (const drawn of outstanding(book.rowsOfGrant(grantId)).reverse()) {
    if (lacking <= 0n) return;
    if (drawn.spend === butFor) continue;
    const freed = drawn.amountHundredths < lacking ? drawn.amountHundredths : lacking;
    book.uncover(grantId, drawn.spend, freed);
    lacking -= freed;
  }
}

/**
 * Takes back an entry that took credit: what it drew is given back, what is unfunded on it goes. What others lost to it,
 * when it was a correction itself, they draw again.
 */
export function correctOutgoing(book: WorkingBook, posting: Posting, corrects: bigint): void {
  const displaced = book
    .rowsBy(corrects)
    .filter((row) => row.direction === 'return' && row.spend !== corrects);
  const spend = book.spends.get(corrects);
  returnCredit(book, posting, spend === undefined ? [] : [spend]);
  for (const { grantId, spend: loser, amountHundredths } of displaced) {
    book.draw(grantId, loser, amountHundredths);
  }
}
