import { plainTerms } from '../act.ts';
import { grantOf } from './grant-credit.ts';
import { outstanding } from './outstanding.ts';
import type { Posting, Spend } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/**
 * Returns credit from these spends. It first reduces their unfunded parts, as if drawn last; then it reverses their draw-downs,
 * newest spend first and last drawn first. An amount that they never took opens a grant of kind `refund`.
 */
export function returnCredit(book: WorkingBook, posting: Posting, spends: readonly Spend[]): void {
  const newestFirst = [...spends].sort((a, b) => (a.sequence < b.sequence ? 1 : -1));
  let left = posting.amountHundredths;
  for (const { sequence } of newestFirst) left -= book.forgive(sequence, left);
  for (const { sequence } of newestFirst) {
    if (left === 0n) return;
    left -= reverseDraws(book, sequence, left);
  }
  if (left > 0n) book.openGrant(grantOf(posting, plainTerms('refund'), left));
}

function reverseDraws(book: WorkingBook, sequence: bigint, limit: bigint): bigint {
  let left = limit;
  for (const drawn of outstanding(book.rowsOfSpend(sequence)).reverse()) {
    if (left === 0n) break;
    const amount = drawn.amountHundredths < left ? drawn.amountHundredths : left;
    book.giveBack(drawn.grantId, sequence, amount);
    left -= amount;
  }
  return limit - left;
}
