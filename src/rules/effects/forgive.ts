import { z } from 'zod';
import { displayAmount, formatAmount, least } from '../../money/index.ts';
import { daysAfter } from '../calendar.ts';
import type { Facts, InvoiceFacts } from '../facts.ts';
import type { Command, Decided } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { followAmount } from '../serving/follow-amount.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import { amount, id, text } from '../serving/members.ts';
import { type Served, servedAmount, withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';
import type { World } from '../serving/world.ts';

const schema = z.strictObject({
  kind: z.literal('forgive'),
  invoiceId: id,
  /** A larger rest is left as it is, never given in part. */
  atMostHundredths: amount,
  /** For WHMCS's credit log; other addons may show it to clients. */
  description: text,
});

/**
 * Gives the client the small rest of an invoice on which something is paid, as credit that goes on this invoice at once: two
 * commands, of which the second needs the first and holds its amount until then. Both need exactly that rest to be open, so nothing is
 * given on an invoice that other credit did not reach.
 */
export type ForgiveEffect = Readonly<z.output<typeof schema>>;

export const forgive = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  propose(wish: Wished<ForgiveEffect>) {
    return {
      kind: 'forgive',
      invoiceId: wish.invoiceId,
      atMostHundredths: wish.atMostHundredths,
      description: wish.description,
    };
  },

  asked: ({ atMostHundredths }) => atMostHundredths,

  merge(one, other) {
    return { ...one, atMostHundredths: least(one.atMostHundredths, other.atMostHundredths) };
  },

  serve,

  words: {
    name: 'Give the rest of an invoice',
    verb: 'give',
    participle: 'given',
    object: ({ amount, target }) => `the rest of ${amount} of ${target} as goodwill`,
    nothing: ({ target }) => `nothing as goodwill on ${target}`,
    figures: ({ due, target }) => `${due} was left to pay on ${target}.`,
    reason: ({ amount, target }) => `The rest of ${amount} of ${target} is given.`,
  },

  command(effect, decided): Command {
    const { amountHundredths } = decided;
    const amount = formatAmount(amountHundredths);
    const common = {
      amountHundredths,
      urgency: urgencies.forgive,
      delaySeconds: 0,
      afterFact: null,
    };
    return {
      ...common,
      call: {
        action: 'AddCredit',
        parameters: {
          clientid: decided.clientId,
          description: effect.description,
          amount,
          type: 'add',
        },
      },
      expects: {
        invoiceStatus: 'Unpaid',
        invoiceBalanceAtLeast: amount,
        invoiceBalanceAtMost: amount,
        currency: decided.question.facts.client.currency.id,
      },
      holdHundredths: 0n,
      terms: terms(effect, decided),
      next: {
        ...common,
        call: {
          action: 'ApplyCredit',
          parameters: { invoiceid: effect.invoiceId, amount, noemail: false },
        },
        expects: {
          invoiceStatus: 'Unpaid',
          invoiceBalanceAtLeast: amount,
          balanceAtLeast: amount,
        },
        holdHundredths: amountHundredths,
        terms: null,
      },
    };
  },
});

function serve({ invoiceId, atMostHundredths }: ForgiveEffect, serving: Serving): Served {
  const { rule, facts, spendableHundredths: spendable, allowances, world } = serving;
  const { currency } = facts.client;
  const invoice = invoiceIn(facts, invoiceId);
  const refusal = whyNot(invoice, invoiceId, facts, world);
  if (invoice === undefined || refusal !== null) return withoutAmount(spendable, refusal);
  const due = world.due.get(invoice.id) ?? invoice.balanceHundredths;
  const show = (hundredths: bigint) => displayAmount(hundredths, currency);
  if (due <= 0n) {
    return withoutAmount(spendable, `Nothing is left to pay on invoice #${invoiceId}.`, due);
  }
  if (due >= invoice.grossHundredths) {
    return withoutAmount(spendable, `Nothing is paid on invoice #${invoiceId} yet.`, due);
  }
  if (due > atMostHundredths) {
    const because = `The rest of ${show(due)} is more than ${show(atMostHundredths)}.`;
    return withoutAmount(spendable, because, due);
  }
  const follow = followAmount(due);
  follow.limit(allowances);
  if (follow.amount() < due) {
    follow.step('whole', rule, 0n, 'The rest is given as a whole or not at all.');
  }
  world.due.set(invoice.id, due - follow.amount());
  return servedAmount(follow, spendable, due, 0n);
}

function whyNot(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  { client }: Facts,
  world: World,
): string | null {
  if (invoice === undefined || invoice.clientId !== client.id) {
    return `Invoice #${invoiceId} is not among the invoices of this decision.`;
  }
  if (invoice.kind !== 'ordinary') return `Invoice #${invoiceId} is a ${invoice.kind}.`;
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.keptOff) return 'Credit was taken off this invoice by hand, so none is put on it.';
  if (world.cancelled.has(invoiceId)) return `Invoice #${invoiceId} is being cancelled.`;
  if (world.emptied.has(invoiceId)) return `Credit is being given back from invoice #${invoiceId}.`;
  return null;
}

/** Drawn first, so that it goes where it is given for; what does not get there does not last. */
function terms(
  { invoiceId }: ForgiveEffect,
  { rule, question: { event } }: Decided,
): Command['terms'] {
  const tomorrow = daysAfter(event.localDate, 1);
  return {
    kind: 'bonus',
    act: {
      do: 'grant',
      kind: 'promotional',
      startsOn: null,
      expiresOn: tomorrow,
      priority: 0,
      refundable: false,
      followsInvoiceId: invoiceId,
      rule,
      fundsUnfunded: false,
      givenAs: 'the small rest of {invoice}',
    },
    invoiceId,
  };
}
