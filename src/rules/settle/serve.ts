import type { Facts } from '../facts.ts';
import type { Allowance } from './limit-book.ts';
import type { Wish } from './merge-proposals.ts';
import { serveApply } from './serve-apply.ts';
import { serveCancel } from './serve-cancel.ts';
import { serveGrant } from './serve-grant.ts';
import { serveMail } from './serve-mail.ts';
import { serveRemove } from './serve-remove.ts';
import { type Served, withoutAmount } from './served.ts';
import type { World } from './world.ts';

/** Gives a wish what limits, credit and the invoice allow, and draws the world down. */
export function serve(wish: Wish, world: World): Served {
  const [{ question }] = wish.voices;
  const { facts } = question;
  const invoiceId = 'invoiceId' in wish.effect ? wish.effect.invoiceId : null;
  const spendable = world.balances.get(facts.client.id) ?? facts.client.spendableHundredths;
  const allowances = world.limits.allowancesFor(wish, invoiceId);
  const refusal = whyNotAtAll(wish, facts, world);
  const served =
    refusal === null
      ? serveEffect(wish, facts, spendable, allowances, world)
      : withoutAmount(spendable, refusal);
  if (!served.done) world.unfulfilled.add(wish.fact);
  for (const purse of new Set(allowances.map((one) => one.purse))) {
    purse.leftHundredths -= served.amountHundredths;
  }
  return served;
}

function whyNotAtAll({ fact, effect }: Wish, { client }: Facts, world: World): string | null {
  if (world.live.has(fact)) return 'This was answered before; it happens once.';
  // A note to the admins asks nothing of WHMCS.
  if (client.frozenBecause === null || effect.kind === 'notify') return null;
  return `An admin froze this client: ${client.frozenBecause}`;
}

function serveEffect(
  wish: Wish,
  facts: Facts,
  spendable: bigint,
  allowances: readonly Allowance[],
  world: World,
): Served {
  switch (wish.effect.kind) {
    case 'apply':
      return serveApply(wish.effect, wish, facts, spendable, allowances, world);
    case 'grant':
      return serveGrant(wish.effect, facts, spendable, allowances);
    case 'remove':
      return serveRemove(wish.effect, facts, spendable, allowances, world);
    case 'cancel':
      return serveCancel(wish.effect, facts, spendable, allowances, world);
    case 'mail':
      return serveMail(wish.effect, spendable, allowances, world);
    case 'notify':
      return withoutAmount(spendable, null);
  }
}
