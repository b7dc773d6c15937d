import type { Facts } from '../facts.ts';
import type { GrantEffect } from '../words.ts';
import { followAmount } from './follow-amount.ts';
import type { Allowance } from './limit-book.ts';
import { type Served, servedAmount } from './served.ts';

/** Gives credit, rounded as the rule named. */
export function serveGrant(
  effect: GrantEffect,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
): Served {
  const { currency } = facts.client;
  const follow = followAmount(effect.amountHundredths);
  follow.round(currency, effect.rounding);
  follow.limit(allowances);
  follow.round(currency, 'down');
  return servedAmount(follow, spendable, null, 0n);
}
