import { plainTerms } from '../act.ts';
import { grantOf } from './grant-credit.ts';
import type { Changes, Grant, Posting, Spend } from './types.ts';

/**
 * Makes the grants that an account's history leaves; pass it in the order of sequence. The rest of its sum is in the newest
 * additions, each a grant of kind `opening`; a sum below zero stays unfunded on the last spends.
 */
export function openingGrants(history: readonly Posting[]): Changes {
  const sum = history.reduce(
    (total, { direction, amountHundredths }) =>
      direction === 'in' ? total + amountHundredths : total - amountHundredths,
    0n,
  );
  const grants: Grant[] = [];
  const spends: Spend[] = [];
  let left = sum < 0n ? -sum : sum;
  const direction = sum < 0n ? 'out' : 'in';
  for (const posting of history.toReversed()) {
    if (left === 0n) break;
    if (posting.direction !== direction) continue;
    const { sequence, amountHundredths, invoiceId } = posting;
    // The entry names the command that once gave it; the rest is not a grant of that command.
    const part = amountHundredths < left ? amountHundredths : left;
    if (part === 0n) continue;
    if (direction === 'in') {
      grants.push(grantOf({ ...posting, commandId: null }, plainTerms('opening'), part));
    } else spends.push({ sequence, amountHundredths, invoiceId, unfundedHundredths: part });
    left -= part;
  }
  return { grants: grants.reverse(), spends: spends.reverse(), drawDowns: [] };
}
