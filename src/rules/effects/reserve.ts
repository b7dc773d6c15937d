import { z } from 'zod';
import { displayAmount, most } from '../../money/index.ts';
import type { ReservationFacts } from '../facts.ts';
import { defineEffect, type Serving, type Wished } from '../serving/define-effect.ts';
import { amount, fact, id, text } from '../serving/members.ts';
import { reservationsNow, setReservations } from '../serving/reservations.ts';
import { type Served, withoutAmount } from '../serving/served.ts';
import { reservable } from '../serving/store-write.ts';

const schema = z
  .strictObject({
    kind: z.literal('reserve'),
    /** Zero ends the reservation. */
    amountHundredths: amount,
    /** After *is reserved for*, for admins and clients: `the renewal of service #12`. */
    reservedFor: text,
    /** What may use it: this invoice, or invoices of this service, addon or domain. Null: nothing may, it only waits. */
    for: z
      .strictObject({ kind: z.enum(reservable), id })
      .readonly()
      .nullable(),
    /** The last day on which it is reserved. */
    untilOn: z.iso.date().nullable(),
    /** It ends when a command answers this fact. */
    untilFact: fact.nullable(),
  })
  .refine(({ untilOn, untilFact }) => untilOn !== null || untilFact !== null, {
    error: 'A reservation has a last day, or a fact that ends it.',
  });

/**
 * Leaves credit alone: our own rules spend it only on what it is reserved for. It stays on the balance, so WHMCS's own ways can still
 * spend it. A later proposal for the same fact replaces the amount. More may be reserved than there is: what comes is
 * then reserved, too.
 */
export type ReserveEffect = Readonly<z.output<typeof schema>>;

export const reserve = defineEffect({
  schema,
  asks: 'store',
  movesMoney: false,

  propose(wish: Wished<ReserveEffect, 'for' | 'untilOn' | 'untilFact'>) {
    return {
      kind: 'reserve',
      amountHundredths: wish.amountHundredths,
      reservedFor: wish.reservedFor,
      for: wish.for ?? null,
      untilOn: wish.untilOn ?? null,
      untilFact: wish.untilFact ?? null,
    };
  },

  asked: ({ amountHundredths }) => amountHundredths,

  merge(one, other) {
    return { ...one, amountHundredths: most(one.amountHundredths, other.amountHundredths) };
  },

  serve,

  words: {
    name: 'Reserve credit',
    verb: 'reserve',
    participle: 'reserved',
    object: ({ amount, client }) => `${amount} of the credit of ${client}`,
    reason: ({ amount }) => `${amount} is reserved.`,
  },

  write(effect) {
    const { kind: _, ...reservation } = effect;
    return { write: 'reservation', ...reservation };
  },
});

/** As much as is asked, whatever the balance. What is reserved already in the same way changes nothing. */
function serve(effect: ReserveEffect, serving: Serving): Served {
  const { rule, fact: ownFact, facts, spendableHundredths: spendable, world } = serving;
  const now = reservationsNow(facts.client, world);
  const known = now.find((one) => one.fact === ownFact);
  const { amountHundredths, reservedFor } = effect;
  if (known === undefined && amountHundredths === 0n) {
    return withoutAmount(spendable, `Nothing is reserved for ${reservedFor}.`);
  }
  if (known !== undefined && isAlike(known, effect)) {
    const amount = displayAmount(amountHundredths, facts.client.currency);
    return withoutAmount(spendable, `${amount} is reserved for ${reservedFor} already.`);
  }
  const others = now.filter((one) => one !== known);
  const invoiceIds = effect.for?.kind === 'invoice' ? [effect.for.id] : (known?.invoiceIds ?? []);
  const { kind: _, ...asked } = effect;
  setReservations(serving, [...others, { ...asked, rule, fact: ownFact, invoiceIds }]);
  return { ...withoutAmount(spendable, null), amountHundredths };
}

function isAlike(known: ReservationFacts, { amountHundredths, ...effect }: ReserveEffect): boolean {
  return (
    known.amountHundredths === amountHundredths &&
    known.reservedFor === effect.reservedFor &&
    known.untilOn === effect.untilOn &&
    known.untilFact === effect.untilFact &&
    known.for?.kind === effect.for?.kind &&
    known.for?.id === effect.for?.id
  );
}
