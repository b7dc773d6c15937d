import { z } from 'zod';
import { displayAmount, least } from '../../money/index.ts';
import type { Facts } from '../facts.ts';
import { forbiddenBy } from '../serving/allowance.ts';
import type { Command, Terms } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { followAmount } from '../serving/follow-amount.ts';
import { amount, id } from '../serving/members.ts';
import { type Served, servedAmount, withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';
import { byHandOnly, wayOff } from '../serving/way-off.ts';

/** The usual priority of a grant. */
const USUAL_PRIORITY = 100;

const schema = z.strictObject({
  kind: z.literal('return'),
  invoiceId: id,
  /** Never more than this; null: all of the client's credit that is on the invoice. */
  atMostHundredths: amount.nullable(),
  /**
   * Null: it comes back to the grants it was drawn from, last drawn first, with their kind and last day. Else it becomes new
   * promotional credit with this last day, which may be null for none.
   */
  as: z
    .strictObject({ kind: z.literal('promotional'), expiresOn: z.iso.date().nullable() })
    .readonly()
    .nullable(),
});

/**
 * Gives credit back from the event's invoice, where WHMCS allows it by command (`creditOffInvoice`): never more than the ledger knows on the
 * invoice, and nothing while a movement that nobody could explain may be the same credit. The rule needs `creditOn` and
 * `grants`.
 */
export type ReturnEffect = Readonly<z.output<typeof schema>>;

export const returns = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  /** By default all of it, as it was. */
  propose(wish: Wished<ReturnEffect, 'atMostHundredths' | 'as'>) {
    return {
      kind: 'return',
      invoiceId: wish.invoiceId,
      atMostHundredths: wish.atMostHundredths ?? null,
      as: wish.as ?? null,
    };
  },

  asked: ({ atMostHundredths }) => atMostHundredths,

  merge(one, other) {
    const [a, b] = [one.atMostHundredths, other.atMostHundredths];
    return {
      ...one,
      atMostHundredths: a === null || b === null ? (a ?? b) : least(a, b),
      // As it was is the more careful: it makes no new credit.
      as: one.as === null ? null : other.as,
    };
  },

  serve,

  words: {
    name: 'Return credit',
    verb: 'give',
    participle: 'given',
    object: ({ amount, target }) => `${amount} of credit back from ${target}`,
    nothing: ({ target }) => `no credit back from ${target}`,
    figures: ({ due, target }) => `${due} of the client’s credit was on ${target}.`,
    reason: ({ amount, target }) => `${amount} of credit back from ${target}.`,
  },

  command(effect, { amountHundredths, question: { facts }, rule }): Command {
    const way = wayOff(facts, amountHundredths);
    if (way?.by !== 'command') {
      throw new TypeError(`Credit of invoice #${effect.invoiceId} cannot be given back.`);
    }
    return {
      call: way.call,
      expects: {
        ...way.expects,
        currency: facts.client.currency.id,
        noCreditLogSince: facts.ledger?.seenLogId ?? 0,
      },
      amountHundredths,
      holdHundredths: 0n,
      urgency: urgencies.give,
      delaySeconds: 0,
      afterFact: null,
      terms: terms(effect, rule),
    };
  },
});

function serve(effect: ReturnEffect, serving: Serving): Served {
  const { rule, facts, spendableHundredths: spendable, allowances, world } = serving;
  const { currency } = facts.client;
  const refusal = whyNot(effect, facts) ?? (world.emptied.has(effect.invoiceId) ? TWICE : null);
  const onIt = facts.creditOn?.leftHundredths ?? 0n;
  if (refusal !== null) return withoutAmount(spendable, refusal, onIt);
  const follow = followAmount(onIt);
  if (effect.atMostHundredths !== null && effect.atMostHundredths < onIt) {
    const because = `At most ${displayAmount(effect.atMostHundredths, currency)} is asked for.`;
    follow.step('asked', rule, effect.atMostHundredths, because);
  }
  follow.limit(allowances);
  if (follow.amount() < onIt) follow.round(currency, 'down');
  const byHand = byHandOnly(facts, follow.amount());
  if (follow.amount() > 0n && byHand !== null) {
    return withoutAmount(spendable, forbiddenBy(allowances) ?? byHand, onIt);
  }
  const served = servedAmount(follow, spendable, onIt, 0n);
  if (served.done) world.emptied.add(effect.invoiceId);
  return served;
}

const TWICE = 'Credit is given back from this invoice already.';

function whyNot({ invoiceId }: ReturnEffect, { invoice, client, creditOn, ledger }: Facts) {
  if (invoice === null || invoice.id !== invoiceId) {
    return `Invoice #${invoiceId} is not the invoice of this decision.`;
  }
  // What pays for credit has none of its own (whmcs.md §2.3, §2.6).
  if (invoice.kind !== 'ordinary') return `Invoice #${invoiceId} is a ${invoice.kind}.`;
  if (
    ledger === null ||
    creditOn === null ||
    ledger.balanceHundredths !== client.creditHundredths
  ) {
    return 'The ledger has not seen every movement yet.';
  }
  if (creditOn.leftHundredths <= 0n) return `No credit of the client is on invoice #${invoiceId}.`;
  if (creditOn.mayBeBack !== null) {
    return `Entry #${creditOn.mayBeBack} brought the client credit, and nobody knows from where: perhaps it is this credit. Say under Differences what it is.`;
  }
  return null;
}

function terms({ invoiceId, as }: ReturnEffect, rule: string): Terms {
  if (as === null) return { kind: 'return', act: { do: 'return' }, invoiceId };
  return {
    kind: 'return',
    act: {
      do: 'grant',
      kind: as.kind,
      startsOn: null,
      expiresOn: as.expiresOn,
      priority: USUAL_PRIORITY,
      refundable: false,
      followsInvoiceId: null,
      rule,
      fundsUnfunded: false,
    },
    invoiceId,
  };
}
