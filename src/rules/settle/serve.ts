import { homeOf } from '../effect.ts';
import type { Facts } from '../facts.ts';
import { type Served, withoutAmount } from '../serving/served.ts';
import type { World } from '../serving/world.ts';
import type { Allowance } from './limit-book.ts';
import type { Wish } from './merge-proposals.ts';

/** Gives a wish what limits, credit and the invoice allow, and subtracts it from the world. */
export function serve(wish: Wish, world: World, allowances: readonly Allowance[]): Served {
  const [{ question, said }] = wish.voices;
  const { facts } = question;
  const spendable = world.balances.get(facts.client.id) ?? facts.client.spendableHundredths;
  const refusal = whyNotAtAll(wish, facts, world);
  const served =
    refusal === null
      ? homeOf(wish.effect).serve(wish.effect, {
          rule: said.rule,
          fact: wish.fact,
          facts,
          spendableHundredths: spendable,
          allowances,
          world,
        })
      : withoutAmount(spendable, refusal);
  if (!served.done) world.unfulfilled.add(wish.fact);
  for (const purse of new Set(allowances.map((one) => one.purse))) {
    purse.leftHundredths -= served.amountHundredths;
  }
  return served;
}

function whyNotAtAll({ fact, effect }: Wish, { client }: Facts, world: World): string | null {
  if (world.live.has(fact)) return 'This was answered before; it happens once.';
  if (client.frozenBecause === null || homeOf(effect).asks === 'admins') return null;
  return `An admin froze this client: ${client.frozenBecause}`;
}
