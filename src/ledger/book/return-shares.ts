import { plainTerms } from '../act.ts';
import { grantOf } from './grant-credit.ts';
import { outstanding } from './outstanding.ts';
import type { Posting, Spend } from './types.ts';
import type { WorkingBook } from './working-book.ts';

/** A part of what paid the invoice: an amount drawn from a grant, or one that no grant covers. */
interface Part {
  readonly amountHundredths: bigint;
  giveBack(amountHundredths: bigint): void;
}

/**
 * Returns credit in proportion: of `outOf`, which paid the invoice in all, these spends were a part. Each of their draw-downs
 * gives back its share of the amount, rounded so that the shares add up; never more than it drew. The rest was no credit: it
 * opens a grant of kind `refund`.
 */
export function returnShares(
  book: WorkingBook,
  posting: Posting,
  spends: readonly Spend[],
  outOf: bigint,
): void {
  const { amountHundredths: amount } = posting;
  const parts = spends.flatMap((spend) => partsOf(book, spend));
  const all = parts.reduce((sum, { amountHundredths }) => sum + amountHundredths, 0n);
  const asked = all >= outOf ? amount : (amount * all) / outOf;
  const given = asked < all ? asked : all;
  let seen = 0n;
  for (const part of parts) {
    const before = (given * seen) / all;
    seen += part.amountHundredths;
    const share = (given * seen) / all - before;
    if (share > 0n) part.giveBack(share);
  }
  if (amount > given) book.openGrant(grantOf(posting, plainTerms('refund'), amount - given));
}

function partsOf(book: WorkingBook, { sequence, unfundedHundredths }: Spend): readonly Part[] {
  const drawn = outstanding(book.rowsOfSpend(sequence)).map(({ grantId, amountHundredths }) => ({
    amountHundredths,
    giveBack: (share: bigint) => book.giveBack(grantId, sequence, share),
  }));
  if (unfundedHundredths === 0n) return drawn;
  const unfunded = {
    amountHundredths: unfundedHundredths,
    giveBack: (share: bigint) => {
      book.forgive(sequence, share);
    },
  };
  return [...drawn, unfunded];
}
