import { displayAmount } from '../../money/index.ts';
import { homeOf } from '../effect.ts';
import type { Facts } from '../facts.ts';
import type { Allowance } from '../serving/allowance.ts';
import { type Served, withoutAmount } from '../serving/served.ts';
import type { TraceStep } from '../serving/trace-step.ts';
import type { AskedFact, World } from '../serving/world.ts';
import type { Allowance as LimitAllowance } from './limit-book.ts';
import type { Wish } from './merge-proposals.ts';

/** What a wish gets, and whether it waits for that until an admin agrees. */
export interface ServedWish {
  readonly served: Served;
  readonly waits: boolean;
}

/** Gives a wish what limits, credit and the invoice allow, and subtracts it from the world. */
export function serve(wish: Wish, world: World, allowances: readonly LimitAllowance[]): ServedWish {
  const [{ question, said }] = wish.voices;
  const { facts } = question;
  const spendable = world.balances.get(facts.client.id) ?? facts.client.spendableHundredths;
  const asked = world.asked.get(wish.fact);
  const refusal = whyNotAtAll(wish, facts, world, asked);
  const served =
    refusal === null
      ? homeOf(wish.effect).serve(wish.effect, {
          rule: said.rule,
          fact: wish.fact,
          facts,
          spendableHundredths: spendable,
          allowances: lowering(allowances, asked, facts),
          world,
        })
      : withoutAmount(spendable, refusal);
  const canWait = asked === undefined && served.done && homeOf(wish.effect).asks === 'whmcs';
  const asking = canWait ? asksOf(allowances, served) : NONE;
  const waits = asking.length > 0;
  if (!served.done || waits) world.unfulfilled.add(wish.fact);
  for (const purse of new Set(allowances.map((one) => one.purse))) {
    purse.leftHundredths -= served.amountHundredths;
  }
  return { served: waits ? { ...served, steps: [...served.steps, ...asking] } : served, waits };
}

const NONE: readonly never[] = [];

function whyNotAtAll(
  { fact, effect }: Wish,
  { client }: Facts,
  world: World,
  asked: AskedFact | undefined,
): string | null {
  if (world.live.has(fact)) return 'This was answered before; it happens once.';
  switch (asked?.state) {
    case 'pending':
      return 'This waits already until an admin agrees; it is asked once.';
    case 'rejected':
      return 'An admin did not agree to this.';
    case 'expired':
      return 'No admin agreed to this in time.';
  }
  if (client.frozenBecause === null || homeOf(effect).asks === 'admins') return null;
  return `This client is frozen: ${client.frozenBecause}`;
}

/** The limits that lower an amount; what an admin agreed to is one of them. */
function lowering(
  allowances: readonly LimitAllowance[],
  asked: AskedFact | undefined,
  { client }: Facts,
): readonly Allowance[] {
  const lowers = allowances.filter(({ limit }) => limit.untilAgreed !== true);
  if (asked === undefined || asked.amountHundredths === 0n) return lowers;
  const agreed = displayAmount(asked.amountHundredths, client.currency);
  return [
    ...lowers,
    {
      rule: null,
      limit: { because: `An admin agreed to ${agreed}.` },
      purse: { leftHundredths: asked.amountHundredths },
    },
  ];
}

/** The limits because of which this waits, as steps that change nothing. */
function asksOf(
  allowances: readonly LimitAllowance[],
  { amountHundredths }: Served,
): readonly TraceStep[] {
  return allowances
    .filter(({ limit, purse }) => limit.untilAgreed === true && isAbove(amountHundredths, purse))
    .map(({ rule, limit: { because } }) => ({
      step: 'approval',
      rule,
      because,
      beforeHundredths: amountHundredths,
      afterHundredths: amountHundredths,
    }));
}

/** What has no amount waits where nothing may go without asking. */
function isAbove(amountHundredths: bigint, { leftHundredths }: Allowance['purse']): boolean {
  return amountHundredths > leftHundredths || leftHundredths <= 0n;
}
