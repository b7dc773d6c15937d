import { grantOf, plainTerms } from './grant-credit.ts';
import type { Changes, Grant, Posting, Spend } from './types.ts';

/**
 * What the history of an account leaves, in the order of sequence. What is left of its sum sits in the newest additions, each
 * a grant of kind `opening`; a sum below zero stays unfunded on the last spends.
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
    // Which command once gave it is on its entry; what is left of it is no grant of that command.
    const part = amountHundredths < left ? amountHundredths : left;
    if (part === 0n) continue;
    if (direction === 'in') {
      grants.push(grantOf({ ...posting, commandId: null }, plainTerms('opening'), part));
    } else spends.push({ sequence, amountHundredths, invoiceId, unfundedHundredths: part });
    left -= part;
  }
  return { grants: grants.reverse(), spends: spends.reverse(), drawDowns: [] };
}
