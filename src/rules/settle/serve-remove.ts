import { displayAmount } from '../../money/index.ts';
import type { Facts } from '../facts.ts';
import type { RemoveEffect } from '../words.ts';
import { followAmount } from './follow-amount.ts';
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
  const usable = spendable > 0n ? spendable : 0n;
  if (usable < follow.amount()) {
    const because = `${displayAmount(usable, facts.client.currency)} of credit can be spent.`;
    follow.step('balance', null, usable, because);
  }
  world.balances.set(facts.client.id, spendable - follow.amount());
  return servedAmount(follow, spendable, null, 0n);
}
