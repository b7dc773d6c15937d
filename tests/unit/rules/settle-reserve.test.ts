import { describe, expect, it } from 'vitest';
import { propose } from '../../../src/rules/index.ts';
import { settle } from '../../../src/rules/settle/index.ts';
import { aClient, aReservation, US_DOLLAR } from '../../../src/rules/testing.ts';
import { wordsSchema } from '../../../src/rules/word-schema.ts';
import { asked, inShort, says, settleOne, WISH } from './settling.ts';

const RENEWAL = {
  fact: 'k:service:12',
  amountHundredths: 1000n,
  reservedFor: 'the renewal of service #12',
  for: { kind: 'service', id: 12 },
  untilOn: '2026-12-05',
  because: 'It falls due on 1 December.',
} as const;

describe('reserved credit', () => {
  it('is left alone by another proposal of the same moment, and the reason says what for', () => {
    const settled = settleOne(asked(), [
      says('a', propose.apply(WISH)),
      says('k', propose.reserve(RENEWAL)),
    ]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 500n],
      ['effect', 'k', 1000n],
    ]);
    expect(settled[0]?.reason).toContain(
      '5.00 USD of credit can be spent; 10.00 USD is reserved for the renewal of service #12.',
    );
    expect(settled[1]?.reason).toBe('10.00 USD is reserved. It falls due on 1 December.');
  });

  it('may be more than there is; what is there is covered by the reservation that ends first', () => {
    const client = aClient({
      creditHundredths: 1500n,
      reservations: [
        aReservation({ fact: 'late', untilOn: '2026-12-20' }),
        aReservation({ fact: 'soon', untilOn: '2026-12-01' }),
        aReservation({ fact: 'endless', untilOn: null, untilFact: 'f' }),
      ],
    });
    expect(client.spendableHundredths).toBe(0n);
    expect(client.reservations.map((one) => [one.fact, one.coveredHundredths])).toEqual([
      ['soon', 1000n],
      ['late', 500n],
      ['endless', 0n],
    ]);
  });

  it('pays its own invoice, first of all, and the reservation gets smaller by that', () => {
    const reservations = [
      aReservation({ fact: 'own', invoiceIds: [9], amountHundredths: 1200n }),
      aReservation({ fact: 'other' }),
    ];
    const settled = settleOne(asked({}, { creditHundredths: 2500n, reservations }), [
      says('a', propose.apply(WISH)),
    ]);
    // 25.00 less 10.00 for another renewal; 12.00 of it is reserved for this invoice.
    expect(inShort(settled)).toEqual([['effect', 'a', 1500n]]);
    expect(settled[0]?.uses).toEqual([{ fact: 'own', amountHundredths: 1200n }]);
  });

  it('is used by two proposals for its invoice once', () => {
    const reservations = [aReservation({ fact: 'own', invoiceIds: [9], amountHundredths: 1200n })];
    const settled = settleOne(asked({}, { creditHundredths: 1200n, reservations }), [
      says('a', propose.apply({ ...WISH, atMostHundredths: 700n })),
      says('b', propose.apply({ ...WISH, fact: 'b:invoice:9' })),
    ]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 700n],
      ['effect', 'b', 500n],
    ]);
  });

  it('is replaced by a later proposal for the same fact: more, less or nothing', () => {
    const reservations = [aReservation({ fact: RENEWAL.fact })];
    const settled = (amountHundredths: bigint) =>
      settleOne(asked({}, { creditHundredths: 1500n, reservations }), [
        says('k', propose.reserve({ ...RENEWAL, amountHundredths })),
        says('z', propose.apply(WISH)),
      ]);
    expect(inShort(settled(1400n))).toEqual([
      ['effect', 'k', 1400n],
      ['effect', 'z', 100n],
    ]);
    expect(inShort(settled(200n))).toEqual([
      ['effect', 'k', 200n],
      ['effect', 'z', 1300n],
    ]);
    expect(inShort(settled(0n))).toEqual([
      ['effect', 'k', 0n],
      ['effect', 'z', 1500n],
    ]);
  });

  it('is not reserved anew when nothing changed, nor ended when nothing is reserved', () => {
    const reservations = [aReservation({ fact: RENEWAL.fact })];
    const again = settleOne(asked({}, { creditHundredths: 1500n, reservations }), [
      says('k', propose.reserve(RENEWAL)),
    ]);
    expect(again.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['skipped', '10.00 USD is reserved for the renewal of service #12 already.'],
    ]);
    const ended = settleOne(asked(), [
      says('k', propose.reserve({ ...RENEWAL, amountHundredths: 0n })),
    ]);
    expect(ended[0]?.reason).toBe('Nothing is reserved for the renewal of service #12.');
  });

  it('is the larger amount where two rules answer one fact', () => {
    const settled = settleOne(asked(), [
      says('k', propose.reserve(RENEWAL)),
      says('l', propose.reserve({ ...RENEWAL, amountHundredths: 1200n })),
    ]);
    expect(inShort(settled)).toEqual([['effect', 'k', 1200n]]);
  });

  it('ends and goes back with its own grant all the same, and is no purse for other removals', () => {
    const reservations = [aReservation({ amountHundredths: 1500n })];
    const remove = (grantId: bigint | null) =>
      propose.remove({
        fact: 'r',
        amountHundredths: 400n,
        description: 'x',
        from: grantId === null ? null : { grantId, as: 'expiry' },
        because: 'It ended.',
      });
    const question = asked({}, { creditHundredths: 1500n, reservations });
    const ledger = {
      balanceHundredths: 1500n,
      seenLogId: 7,
      grants: [
        {
          id: 70n,
          kind: 'promotional',
          amountHundredths: 1500n,
          remainingHundredths: 1500n,
          heldHundredths: 0n,
          clawedBackHundredths: 0n,
          openedOn: null,
          expiresOn: null,
          refundable: false,
          rule: '',
          followsInvoiceId: null,
          moneyBackHundredths: 0n,
          moves: 0n,
        },
      ],
    } as const;
    const known = { ...question, facts: { ...question.facts, ledger } };
    expect(inShort(settleOne(known, [says('a', remove(70n))]))).toEqual([['effect', 'a', 400n]]);
    expect(inShort(settleOne(known, [says('a', remove(null))]))).toEqual([['skipped', 'a', 0n]]);
  });

  it('is reserved neither for a frozen client nor by a rule that observes', () => {
    const frozen = asked({}, { creditHundredths: 1500n, frozenBecause: 'Under review.' });
    expect(inShort(settleOne(frozen, [says('k', propose.reserve(RENEWAL))]))).toEqual([
      ['skipped', 'k', 0n],
    ]);
    const observed = settleOne(asked(), [
      says('k', propose.reserve(RENEWAL), { mode: 'observe' }),
      says('z', propose.apply(WISH)),
    ]);
    expect(inShort(observed)).toEqual([
      ['observed', 'k', 1000n],
      ['effect', 'z', 1500n],
    ]);
  });

  it('comes to the same whatever the order in which rules spoke', () => {
    const words = [
      says('a', propose.apply(WISH)),
      says('k', propose.reserve(RENEWAL)),
      says('l', propose.reserve({ ...RENEWAL, fact: 'l', amountHundredths: 300n })),
    ];
    const outcome = (said: typeof words) =>
      inShort(settle([asked()], said, new Map())[0]?.settled ?? []);
    expect(outcome(words.toReversed())).toEqual(outcome(words));
  });

  it('has an end, or it is nonsense', () => {
    const { untilOn: _, ...endless } = RENEWAL;
    expect(wordsSchema.safeParse([propose.reserve(endless)]).success).toBe(false);
    expect(wordsSchema.safeParse([propose.reserve(RENEWAL)]).success).toBe(true);
  });

  it('is shown to rules beside what they may spend', () => {
    const client = aClient({
      currency: US_DOLLAR,
      creditHundredths: 3000n,
      heldHundredths: 500n,
      reservations: [aReservation()],
    });
    expect(client.spendableHundredths).toBe(1500n);
  });
});
