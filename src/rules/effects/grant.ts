import { z } from 'zod';
import { formatAmount, least, roundings } from '../../money/index.ts';
import type { Command, Terms } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { followAmount } from '../serving/follow-amount.ts';
import { amount, id, text } from '../serving/members.ts';
import { type Served, servedAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';

/** A bonus that comes later than a year is forgotten by then. */
const AFTER_MAX_DAYS = 365;
const DAY_SECONDS = 86_400;
/** The ledger's largest priority. */
const PRIORITY_MAX = 1000;
const GIVEN_AS_MAX = 200;

const schema = z.strictObject({
  kind: z.literal('grant'),
  amountHundredths: amount,
  /** How a fraction of the currency's smallest unit is rounded. Never `up`, so that no grant exceeds the promise. */
  rounding: z.enum(roundings.filter((one) => one !== 'up')),
  /** For WHMCS's credit log; other addons may show it to clients. */
  description: text,
  grantKind: z.enum(['promotional', 'adjustment']),
  /** The last day of use; null: it does not expire. */
  expiresOn: z.iso.date().nullable(),
  /** Given this many days from now, and then only while the invoice that it follows is still paid. */
  afterDays: z.int().min(0).max(AFTER_MAX_DAYS),
  /** Smaller is used first; 100 is usual. */
  priority: z.int().min(0).max(PRIORITY_MAX),
  /** The invoice it is given for: it goes back with that invoice's money, as the rule's `whenMoneyGoesBack` says. */
  followsInvoiceId: id.nullable(),
  /**
   * Its name for clients and admins, after *was given as*: `a bonus for the deposit of {invoice}`, where `{invoice}` becomes
   * the invoice it follows. Null: promotional credit, or credit that was added.
   */
  givenAs: z.string().min(1).max(GIVEN_AS_MAX).nullable(),
});

/** Adds credit. */
export type GrantEffect = Readonly<z.output<typeof schema>>;

type Optional =
  | 'rounding'
  | 'grantKind'
  | 'expiresOn'
  | 'afterDays'
  | 'priority'
  | 'followsInvoiceId'
  | 'givenAs';

export const grant = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  /** By default promotional and rounded down to the currency's smallest unit. */
  propose(wish: Wished<GrantEffect, Optional>) {
    return {
      kind: 'grant',
      amountHundredths: wish.amountHundredths,
      rounding: wish.rounding ?? 'down',
      description: wish.description,
      grantKind: wish.grantKind ?? 'promotional',
      expiresOn: wish.expiresOn ?? null,
      afterDays: wish.afterDays ?? 0,
      priority: wish.priority ?? 100,
      followsInvoiceId: wish.followsInvoiceId ?? null,
      givenAs: wish.givenAs ?? null,
    };
  },

  asked: ({ amountHundredths }) => amountHundredths,

  merge(one, other) {
    return {
      ...one,
      amountHundredths: least(one.amountHundredths, other.amountHundredths),
      afterDays: Math.max(one.afterDays, other.afterDays),
    };
  },

  serve,

  words: {
    name: 'Grant credit',
    verb: 'give',
    participle: 'given',
    object: ({ client, amount }) => `${client} ${amount} of credit`,
    reason: ({ amount }) => `${amount} of credit.`,
  },

  command(effect, { clientId, amountHundredths, rule, question: { facts } }): Command {
    const currency = facts.client.currency.id;
    const needsMoney = effect.afterDays > 0 && effect.followsInvoiceId !== null;
    return {
      call: {
        action: 'AddCredit',
        parameters: {
          clientid: clientId,
          description: effect.description,
          amount: formatAmount(amountHundredths),
          type: 'add',
        },
      },
      expects: needsMoney ? { currency, invoiceStatus: 'Paid' } : { currency },
      amountHundredths,
      holdHundredths: 0n,
      urgency: urgencies.give,
      delaySeconds: effect.afterDays * DAY_SECONDS,
      afterFact: null,
      terms: terms(effect, rule),
    };
  },
});

/** Rounds as the rule says, then applies limits; a limited amount is rounded down. */
function serve(effect: GrantEffect, { facts, spendableHundredths, allowances }: Serving): Served {
  const { currency } = facts.client;
  const follow = followAmount(effect.amountHundredths);
  follow.round(currency, effect.rounding);
  follow.limit(allowances);
  follow.round(currency, 'down');
  return servedAmount(follow, spendableHundredths, null, 0n);
}

function terms(effect: GrantEffect, rule: string): Terms {
  return {
    kind: effect.grantKind === 'promotional' ? 'bonus' : 'manual',
    act: {
      do: 'grant',
      kind: effect.grantKind,
      startsOn: null,
      expiresOn: effect.expiresOn,
      priority: effect.priority,
      refundable: false,
      followsInvoiceId: effect.followsInvoiceId,
      rule,
      fundsUnfunded: false,
      ...(effect.givenAs === null ? {} : { givenAs: effect.givenAs }),
    },
    invoiceId: effect.followsInvoiceId,
  };
}
