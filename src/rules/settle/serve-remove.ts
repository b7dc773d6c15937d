import { displayAmount } from '../../money/index.ts';
import type { Facts } from '../facts.ts';
import type { RemoveEffect } from '../words.ts';
import { type AmountFollower, followAmount } from './follow-amount.ts';
import type { Allowance } from './limit-book.ts';
import { type Served, servedAmount } from './served.ts';
import type { World } from './world.ts';

/** Takes exactly what was asked, odd hundredths too: what is there must be removable. */
export function serveRemove(
  effect: RemoveEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  const follow = followAmount(effect.amountHundredths);
  follow.limit(allowances);
  if (effect.from !== null) limitToGrant(follow, effect.from.grantId, facts);
  const usable = spendable > 0n ? spendable : 0n;
  if (usable < follow.amount()) {
    const because = `${displayAmount(usable, facts.client.currency)} of credit can be spent.`;
    follow.step('balance', null, usable, because);
  }
  world.balances.set(facts.client.id, spendable - follow.amount());
  return servedAmount(follow, spendable, null, 0n);
}

/** Never more than is left of the grant; nothing while the ledger has not seen all that WHMCS did. */
function limitToGrant(follow: AmountFollower, grantId: bigint, { ledger, client }: Facts): void {
  if (ledger === null || ledger.balanceHundredths !== client.creditHundredths) {
    follow.step(
      'balance',
      null,
      0n,
      'The ledger has not seen every movement yet; it is tried again.',
    );
    return;
  }
  const grant = ledger.grants.find(({ id }) => id === grantId);
  const free = grant === undefined ? 0n : grant.remainingHundredths - grant.heldHundredths;
  const left = free > 0n ? free : 0n;
  if (left < follow.amount()) {
    const because = `${displayAmount(left, client.currency)} is left of this credit.`;
    follow.step('balance', null, left, because);
  }
}
