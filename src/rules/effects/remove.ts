import { z } from 'zod';
import type { CommandExpects } from '../../../bridge/for-rules/index.ts';
import { displayAmount, formatAmount, least, most } from '../../money/index.ts';
import type { Facts } from '../facts.ts';
import type { Command, Terms } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { type AmountFollower, followAmount } from '../serving/follow-amount.ts';
import { amount, text } from '../serving/members.ts';
import { reservationsNow, sumCovered, takeRegardless } from '../serving/reservations.ts';
import { type Served, servedAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';

const schema = z.strictObject({
  kind: z.literal('remove'),
  amountHundredths: amount,
  description: text,
  from: z
    .strictObject({
      grantId: z.bigint().positive(),
      as: z.enum(['expiry', 'claw-back', 'revocation']),
    })
    .readonly()
    .nullable(),
});

/**
 * Takes credit away, never more than is spendable. With a grant: only from that grant, never more than is left of it, and only
 * if the client's credit has not moved since the ledger last read it; otherwise the removal is planned again.
 */
export type RemoveEffect = Readonly<z.output<typeof schema>>;

export const remove = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  propose(wish: Wished<RemoveEffect, 'from'>) {
    return {
      kind: 'remove',
      amountHundredths: wish.amountHundredths,
      description: wish.description,
      from: wish.from ?? null,
    };
  },

  asked: ({ amountHundredths }) => amountHundredths,

  merge(one, other) {
    return { ...one, amountHundredths: least(one.amountHundredths, other.amountHundredths) };
  },

  serve,

  words: {
    name: 'Take credit away',
    verb: 'take',
    participle: 'taken',
    object: ({ amount, client }) => `${amount} of credit from ${client}`,
    reason: ({ amount }) => `${amount} of credit taken away.`,
  },

  command(effect, { clientId, amountHundredths, question: { facts } }): Command {
    const amount = formatAmount(amountHundredths);
    return {
      call: {
        action: 'AddCredit',
        parameters: {
          clientid: clientId,
          description: effect.description,
          amount,
          type: 'remove',
        },
      },
      expects: expects(effect, facts, amount),
      amountHundredths,
      holdHundredths: amountHundredths,
      urgency: urgencies.take,
      delaySeconds: 0,
      afterFact: null,
      terms: terms(effect),
    };
  },
});

/**
 * Takes exactly the asked amount, odd hundredths too: any amount must be removable. What a grant ends by, or what is taken back of it, is
 * taken although it is reserved: a reservation keeps credit from being spent, and gives it no longer life.
 */
function serve(effect: RemoveEffect, serving: Serving): Served {
  const { facts, spendableHundredths: spendable, allowances, world } = serving;
  const follow = followAmount(effect.amountHundredths);
  follow.limit(allowances);
  if (effect.from !== null) limitToGrant(follow, effect.from.grantId, facts);
  const reserved = effect.from === null ? 0n : sumCovered(reservationsNow(facts.client, world));
  const usable = most(spendable + reserved, 0n);
  if (usable < follow.amount()) {
    const because = `${displayAmount(usable, facts.client.currency)} of credit can be spent.`;
    follow.step('balance', null, usable, because);
  }
  if (effect.from === null) world.balances.set(facts.client.id, spendable - follow.amount());
  else takeRegardless(serving, follow.amount());
  return servedAmount(follow, spendable, null, 0n);
}

/** Limits to what is left of the grant; to nothing while the ledger has not seen every movement. */
function limitToGrant(follow: AmountFollower, grantId: bigint, { ledger, client }: Facts): void {
  if (ledger === null || ledger.balanceHundredths !== client.creditHundredths) {
    const because = 'The ledger has not seen every movement yet; this is tried again.';
    follow.step('balance', null, 0n, because);
    return;
  }
  const grant = ledger.grants.find(({ id }) => id === grantId);
  const free = grant === undefined ? 0n : grant.remainingHundredths - grant.heldHundredths;
  const left = most(free, 0n);
  if (left < follow.amount()) {
    const because = `${displayAmount(left, client.currency)} is left of this credit.`;
    follow.step('balance', null, left, because);
  }
}

/**
 * A removal from one grant must not touch other credit, even if the client spends in the same second. So the command becomes
 * stale when credit moves after the ledger's last look, and is planned again from the new rest.
 */
function expects({ from }: RemoveEffect, { ledger }: Facts, amount: string): CommandExpects {
  if (from === null || ledger === null) return { balanceAtLeast: amount };
  return {
    balanceExactly: formatAmount(ledger.balanceHundredths),
    noCreditLogSince: ledger.seenLogId,
  };
}

function terms({ from }: RemoveEffect): Terms {
  if (from === null) return { kind: 'manual', act: { do: 'spend', grants: [] }, invoiceId: null };
  return { kind: from.as, act: { do: 'spend', grants: [from.grantId] }, invoiceId: null };
}
