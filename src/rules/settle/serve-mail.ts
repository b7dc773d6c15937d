import type { MailEffect } from '../words.ts';
import { type Allowance, forbiddenBy } from './limit-book.ts';
import { type Served, withoutAmount } from './served.ts';
import type { World } from './world.ts';

/** Sends a mail, unless what it would tell of came to nothing. */
export function serveMail(
  effect: MailEffect,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  if (effect.afterFact !== null && world.unfulfilled.has(effect.afterFact)) {
    return withoutAmount(spendable, 'What the mail would tell of did not happen.');
  }
  const refusal = forbiddenBy(allowances);
  if (refusal !== null) return withoutAmount(spendable, refusal);
  return withoutAmount(spendable, null);
}
