import { outstanding } from './outstanding.ts';
import { restoredBy } from './restored-by.ts';
import { returnCredit } from './return-credit.ts';
import type { Posting } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** Undoes an entry that added credit: takes it from the grants that the entry opened or filled, even if it was drawn since. */
export function correctIncoming(book: WorkingBook, posting: Posting, corrects: bigint): void {
  const { sequence, amountHundredths, invoiceId } = posting;
  const restored = restoredBy(book, corrects);
  book.openSpend({ sequence, amountHundredths, invoiceId });
  for (const { grantId, amountHundredths: amount } of restored) {
    freeUp(book, grantId, amount, sequence);
    book.draw(grantId, sequence, amount);
  }
}

/** Frees an amount of a grant: the last spends that drew from it become unfunded. */
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
 * Undoes an entry that took credit: gives back what it drew and removes its unfunded part. When it was itself a correction,
 * spends that lost a grant to it draw the grant again.
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
