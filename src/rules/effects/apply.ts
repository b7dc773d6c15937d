import { z } from 'zod';
import { displayAmount, formatAmount, least, most } from '../../money/index.ts';
import { daysBetween } from '../calendar.ts';
import type { Facts, InvoiceFacts, ReservationFacts } from '../facts.ts';
import type { Command, Decided } from '../serving/command.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { followAmount } from '../serving/follow-amount.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import { amount, id, turn } from '../serving/members.ts';
import { isFor, reservationsNow, spendOn, sumCovered } from '../serving/reservations.ts';
import { type Served, servedAmount, withoutAmount } from '../serving/served.ts';
import { urgencies } from '../serving/urgency.ts';
import type { World } from '../serving/world.ts';

const schema = z.strictObject({
  kind: z.literal('apply'),
  invoiceId: id,
  /** Never more than this; null: as much as is due. */
  atMostHundredths: amount.nullable(),
  /** Only when the whole balance due can be covered. */
  wholeOnly: z.boolean(),
  /** Credit that stays with the client. */
  reserveHundredths: amount,
  /** The smallest rest to leave due (a gateway's minimum): less credit is applied instead. */
  smallestRestHundredths: amount,
  /** Ask WHMCS not to send its payment mail. */
  noEmail: z.boolean(),
  /** Among the invoices of one client, the smaller is served first; below zero: before whatever nobody gives a turn. */
  turn,
});

/** Puts credit on an invoice. The host takes the least of what is asked, allowed, due and spendable. */
export type ApplyEffect = Readonly<z.output<typeof schema>>;

type Optional =
  | 'atMostHundredths'
  | 'wholeOnly'
  | 'reserveHundredths'
  | 'smallestRestHundredths'
  | 'noEmail'
  | 'turn';

/** Invoices due further away than this are equal, so that `apply` stays between grants and removals. */
const DAYS_MAX = 365;
/** Reservations that a reason names; it has no room for more. */
const RESERVATIONS_TOLD = 2;

export const apply = defineEffect({
  schema,
  asks: 'whmcs',
  movesMoney: true,

  /** By default as much as is due and spendable. */
  propose(wish: Wished<ApplyEffect, Optional>) {
    return {
      kind: 'apply',
      invoiceId: wish.invoiceId,
      atMostHundredths: wish.atMostHundredths ?? null,
      wholeOnly: wish.wholeOnly ?? false,
      reserveHundredths: wish.reserveHundredths ?? 0n,
      smallestRestHundredths: wish.smallestRestHundredths ?? 0n,
      noEmail: wish.noEmail ?? false,
      turn: wish.turn ?? 0n,
    };
  },

  asked: ({ atMostHundredths }) => atMostHundredths,

  merge(one, other) {
    return {
      kind: 'apply',
      invoiceId: one.invoiceId,
      atMostHundredths:
        one.atMostHundredths === null || other.atMostHundredths === null
          ? (one.atMostHundredths ?? other.atMostHundredths)
          : least(one.atMostHundredths, other.atMostHundredths),
      wholeOnly: one.wholeOnly || other.wholeOnly,
      reserveHundredths: most(one.reserveHundredths, other.reserveHundredths),
      smallestRestHundredths: most(one.smallestRestHundredths, other.smallestRestHundredths),
      noEmail: one.noEmail || other.noEmail,
      turn: least(one.turn, other.turn),
    };
  },

  turn: (effect) => effect.turn,

  serve,

  words: {
    name: 'Apply credit',
    verb: 'put',
    participle: 'put',
    object: ({ amount, target }) => `${amount} on ${target}`,
    nothing: ({ target }) => `no credit on ${target}`,
    figures: ({ due, spendable }) =>
      `${due} was due on the invoice; the client had ${spendable} of credit to spend.`,
    reason: ({ amount, due, target }) => `${amount} of ${due} due on ${target}.`,
  },

  command(effect, decided): Command {
    const { amountHundredths } = decided;
    const amount = formatAmount(amountHundredths);
    return {
      call: {
        action: 'ApplyCredit',
        parameters: { invoiceid: effect.invoiceId, amount, noemail: effect.noEmail },
      },
      expects: {
        invoiceStatus: 'Unpaid',
        invoiceBalanceAtLeast: amount,
        ...handsOff(effect, decided),
        balanceAtLeast: amount,
      },
      amountHundredths,
      holdHundredths: amountHundredths,
      urgency: urgencies.apply + (effect.turn < 0n ? -DAYS_MAX : daysToDue(effect, decided)),
      delaySeconds: 0,
      afterFact: null,
      terms: null,
    };
  },
});

/** The least of what is asked, allowed, due and spendable. */
function serve(effect: ApplyEffect, serving: Serving): Served {
  const { rule, facts, spendableHundredths: spendable, allowances, world } = serving;
  const { currency } = facts.client;
  const invoice = invoiceIn(facts, effect.invoiceId);
  const refusal = whyNotPayable(invoice, effect.invoiceId, facts, world);
  if (invoice === undefined || refusal !== null) return withoutAmount(spendable, refusal);
  const due = world.due.get(invoice.id) ?? invoice.balanceHundredths;
  if (due <= 0n) {
    return withoutAmount(spendable, `Nothing is left to pay on invoice #${invoice.id}.`, due);
  }

  const show = (hundredths: bigint) => displayAmount(hundredths, currency);
  const follow = followAmount(due);
  const { atMostHundredths, reserveHundredths, smallestRestHundredths } = effect;
  if (atMostHundredths !== null && atMostHundredths < due) {
    const because = `At most ${show(atMostHundredths)} is asked for.`;
    follow.step('asked', rule, atMostHundredths, because);
  }
  follow.limit(allowances);
  const reservations = reservationsNow(facts.client, world);
  const forThis = sumCovered(reservations.filter((one) => isFor(one, invoice.id)));
  const usable = most(spendable + forThis - reserveHundredths, 0n);
  if (usable < follow.amount()) {
    const others = reservations.filter((one) => !isFor(one, invoice.id));
    const reserved = tellReserved(others, show);
    if (reserveHundredths > 0n) {
      const because = `${show(reserveHundredths)} is kept in reserve${reserved}.`;
      follow.step('reserve', rule, usable, because);
    } else {
      const because = `${show(usable)} of credit can be spent${reserved}.`;
      follow.step('balance', null, usable, because);
    }
  }
  if (effect.wholeOnly && follow.amount() < due) {
    follow.step('whole', rule, 0n, 'Only the whole of an invoice is paid, never a part.');
  }
  const rest = due - follow.amount();
  if (follow.amount() > 0n && rest > 0n && rest < smallestRestHundredths) {
    const because = `A rest below ${show(smallestRestHundredths)} is not left to pay.`;
    follow.step('rest', rule, most(due - smallestRestHundredths, 0n), because);
  }
  if (follow.amount() < due) follow.round(currency, 'down');

  const applied = follow.amount();
  const uses = spendOn(serving, invoice.id, applied);
  world.due.set(invoice.id, due - applied);
  return servedAmount(follow, spendable + forThis, due, reserveHundredths, uses);
}

/** `; 30.00 USD is reserved for the renewal of service #12` */
function tellReserved(
  reservations: readonly ReservationFacts[],
  show: (hundredths: bigint) => string,
): string {
  const covered = reservations.filter(({ coveredHundredths }) => coveredHundredths > 0n);
  const named = covered
    .slice(0, RESERVATIONS_TOLD)
    .map(
      ({ coveredHundredths, reservedFor }) =>
        `; ${show(coveredHundredths)} is reserved for ${reservedFor}`,
    );
  const more = sumCovered(covered.slice(RESERVATIONS_TOLD));
  return `${named.join('')}${more > 0n ? `; ${show(more)} more is reserved` : ''}`;
}

const KEPT_OFF =
  'Credit was taken off this invoice by hand, or somebody said to leave it alone. None is put on it until that is taken back, or the client uses credit on it.';

function whyNotPayable(
  invoice: InvoiceFacts | undefined,
  invoiceId: number,
  facts: Facts,
  world: World,
): string | null {
  if (invoice === undefined || invoice.clientId !== facts.client.id) {
    return `Invoice #${invoiceId} is not among the invoices of this decision.`;
  }
  // Credit on a deposit or a mass payment would pay for itself (whmcs.md §2.3, §2.6).
  if (invoice.kind !== 'ordinary') {
    return `Invoice #${invoiceId} is a ${invoice.kind}; credit never pays for credit.`;
  }
  if (invoice.status !== 'Unpaid') return `Invoice #${invoiceId} is ${invoice.status}.`;
  if (invoice.choice === 'keep') return 'The client chose at checkout to keep the credit.';
  if (invoice.keptOff) return KEPT_OFF;
  if (world.emptied.has(invoiceId)) {
    return `Credit is being given back from invoice #${invoiceId}.`;
  }
  if (world.cancelled.has(invoiceId)) return `Invoice #${invoiceId} is being cancelled.`;
  return null;
}

/** Credit that somebody takes off the invoice meanwhile stays off it. */
function handsOff({ invoiceId }: ApplyEffect, { question: { facts } }: Decided) {
  const invoice = invoiceIn(facts, invoiceId);
  return invoice === undefined || invoice.creditHundredths <= 0n
    ? {}
    : { invoiceTakenOffAtLeast: formatAmount(invoice.takenOffHundredths) };
}

/** Negative when overdue; 0 without a due date. */
function daysToDue({ invoiceId }: ApplyEffect, { question: { facts, event } }: Decided): number {
  const dueOn = invoiceIn(facts, invoiceId)?.dueOn;
  if (!dueOn) return 0;
  const days = daysBetween(event.localDate, dueOn);
  return Math.max(-DAYS_MAX, Math.min(DAYS_MAX, days));
}
