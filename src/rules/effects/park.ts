import { z } from 'zod';
import { displayAmount, least, most } from '../../money/index.ts';
import type { Facts, GrantFacts } from '../facts.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { followAmount } from '../serving/follow-amount.ts';
import { amount, id, text } from '../serving/members.ts';
import { takeRegardless } from '../serving/reservations.ts';
import { type Served, servedAmount } from '../serving/served.ts';

const schema = z.strictObject({
  kind: z.literal('park'),
  amountHundredths: amount,
  /** The grant, or the invoice whose payment became credit: the ledger may not have read that yet. */
  from: z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('grant'), grantId: z.bigint().positive() }),
    z.strictObject({ is: z.literal('payment'), invoiceId: id }),
  ]),
  /** Why it waits; admins and the client read it. */
  reason: text,
  /** The last day on which it waits; then it comes back by itself. Null: an admin decides, or the rule releases it. */
  untilOn: z.iso.date().nullable(),
});

/**
 * Takes credit off the balance until a day, or until an admin or the rule decides: then nobody can spend it, WHMCS neither. It comes
 * back with its kind and its last day. When its payment is refunded or reversed meanwhile, that takes this credit and no other.
 */
export type ParkEffect = Readonly<z.output<typeof schema>>;

export const park = defineEffect({
  schema,
  asks: 'store',
  movesMoney: true,

  propose(wish: Wished<ParkEffect, 'untilOn'>) {
    return {
      kind: 'park',
      amountHundredths: wish.amountHundredths,
      from: wish.from,
      reason: wish.reason,
      untilOn: wish.untilOn ?? null,
    };
  },

  asked: ({ amountHundredths }) => amountHundredths,

  /** More, and longer. */
  merge(one, other) {
    return {
      ...one,
      amountHundredths: most(one.amountHundredths, other.amountHundredths),
      untilOn: later(one.untilOn, other.untilOn),
    };
  },

  serve,

  words: {
    name: 'Park credit',
    verb: 'park',
    participle: 'parked',
    object: ({ amount, client }) => `${amount} of the credit of ${client}`,
    reason: ({ amount }) => `${amount} is parked.`,
  },

  write({ from, reason, untilOn }, { amountHundredths }) {
    return {
      write: 'parking',
      amountHundredths,
      grantId: from.is === 'grant' ? from.grantId : null,
      invoiceId: from.is === 'payment' ? from.invoiceId : null,
      reason,
      untilOn,
    };
  },
});

function later(one: string | null, other: string | null): string | null {
  if (one === null || other === null) return null;
  return one > other ? one : other;
}

/** As much as is left of that credit, reserved or not. Of a payment that the ledger has not read, what is asked. */
function serve(effect: ParkEffect, serving: Serving): Served {
  const { facts, spendableHundredths: spendable } = serving;
  const follow = followAmount(effect.amountHundredths);
  const grant = grantOf(effect, facts);
  if (grant !== undefined || effect.from.is === 'grant') {
    const left = most((grant?.remainingHundredths ?? 0n) - (grant?.heldHundredths ?? 0n), 0n);
    if (left < follow.amount()) {
      const because = `${displayAmount(left, facts.client.currency)} is left of this credit.`;
      follow.step('balance', null, least(left, follow.amount()), because);
    }
  }
  takeRegardless(serving, follow.amount());
  return servedAmount(follow, spendable, null, 0n);
}

function grantOf(
  { from, amountHundredths: wanted }: ParkEffect,
  { ledger, deposit, invoice }: Facts,
): GrantFacts | undefined {
  if (from.is === 'grant')
    return ledger?.grants.find(({ id: grantId }) => grantId === from.grantId);
  if (invoice?.id !== from.invoiceId || deposit === null) return undefined;
  const { credit } = deposit;
  return credit.find(({ amountHundredths: given }) => given === wanted) ?? credit[0];
}
