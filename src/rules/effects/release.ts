import { z } from 'zod';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { fact } from '../serving/members.ts';
import { type Served, withoutAmount } from '../serving/served.ts';

const schema = z.strictObject({
  kind: z.literal('release'),
  /** The fact that the rule parked it under. */
  parkedFact: fact,
});

/** Gives back what the same rule parked, before its last day. It needs the fact `parked`. */
export type ReleaseEffect = Readonly<z.output<typeof schema>>;

export const release = defineEffect({
  schema,
  asks: 'store',
  movesMoney: true,

  propose(wish: Wished<ReleaseEffect>) {
    return { kind: 'release', parkedFact: wish.parkedFact };
  },

  asked: () => null,

  merge: (one) => one,

  serve,

  words: {
    name: 'Release parked credit',
    verb: 'give back',
    participle: 'given back',
    object: ({ amount, client }) => `${amount} of parked credit to ${client}`,
    reason: ({ amount }) => `${amount} comes back.`,
  },

  write: ({ parkedFact }, { because }) => ({ write: 'release', parkedFact, because }),
});

/** The whole of it. Nobody can spend it before WHMCS has put it back. */
function serve({ parkedFact }: ReleaseEffect, serving: Serving): Served {
  const { rule, facts, spendableHundredths: spendable } = serving;
  const parked = facts.parked.find((one) => one.fact === parkedFact && one.rule === rule);
  if (parked === undefined) {
    return withoutAmount(spendable, 'This rule has parked nothing of this client under that fact.');
  }
  if (parked.isReleased) return withoutAmount(spendable, 'It is being given back already.');
  return { ...withoutAmount(spendable, null), amountHundredths: parked.amountHundredths };
}
