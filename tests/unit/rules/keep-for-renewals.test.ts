import { describe, expect, it } from 'vitest';
import { keepForRenewals } from '../../../src/rules/built-in/keep-for-renewals.ts';
import type { Facts, RenewalFacts, Word } from '../../../src/rules/index.ts';
import { aClient, anEvent, aReservation, askRule, someFacts } from '../../../src/rules/testing.ts';

function renewal(more: Partial<RenewalFacts> = {}): RenewalFacts {
  return {
    kind: 'service',
    id: 12,
    serviceId: 12,
    productId: 1,
    productGroupId: 1,
    dueOn: '2026-12-01',
    amountHundredths: 3000n,
    invoiceId: null,
    openHundredths: null,
    ...more,
  };
}

function said(facts: Partial<Facts>, settings: Record<string, unknown> = {}): readonly Word[] {
  return askRule(keepForRenewals, {
    event: anEvent('ClientDaily', { clientId: 5 }, { answer: 'run' }),
    facts: someFacts({ client: aClient({ creditHundredths: 5000n }), ...facts }),
    settings,
  });
}

/** What is reserved, by fact. */
const reserved = (words: readonly Word[]) =>
  words.flatMap((word) =>
    word.say === 'propose' && word.effect.kind === 'reserve'
      ? [[word.fact, word.effect.amountHundredths]]
      : [],
  );

describe('credit kept for renewals', () => {
  it('is what each renewal of the next days costs, until it is paid or long overdue', () => {
    expect(said({ renewals: [renewal()] })).toEqual([
      {
        say: 'propose',
        fact: 'keep-for-renewals:service:12',
        effect: {
          kind: 'reserve',
          amountHundredths: 3000n,
          reservedFor: 'the renewal of service #12',
          for: { kind: 'service', id: 12 },
          untilOn: '2026-12-15',
          untilFact: null,
        },
        because: 'The renewal of service #12 falls due on 2026-12-01.',
      },
    ]);
  });

  it.each([
    ['on the last of the days', '2026-12-22', 1],
    ['a day later', '2026-12-23', 0],
    ['overdue within its days', '2026-11-08', 1],
    ['overdue for longer', '2026-11-07', 0],
  ])('counts the days from today: %s', (_, dueOn, count) => {
    expect(reserved(said({ renewals: [renewal({ dueOn })] }))).toHaveLength(count);
  });

  it('leaves out kinds that the admin did not choose, and what costs nothing', () => {
    const renewals = [
      renewal(),
      renewal({ kind: 'domain', id: 4 }),
      renewal({ kind: 'addon', id: 6, amountHundredths: 0n }),
    ];
    expect(reserved(said({ renewals }, { kinds: ['domain', 'addon'] }))).toEqual([
      ['keep-for-renewals:domain:4', 3000n],
    ]);
  });

  it('adds the tax where prices are without it, rounded up', () => {
    const renewals = [renewal({ amountHundredths: 1001n })];
    expect(reserved(said({ renewals }, { taxPercent: '19' }))).toEqual([
      ['keep-for-renewals:service:12', 1192n],
    ]);
  });

  it('is no more than is left to pay on the renewal’s invoice', () => {
    const renewals = [renewal({ invoiceId: 9, openHundredths: 500n })];
    expect(reserved(said({ renewals }))).toEqual([['keep-for-renewals:service:12', 500n]]);
  });

  it('ends what this rule reserved for a renewal that is paid or gone, and nothing of others', () => {
    const client = aClient({
      creditHundredths: 5000n,
      reservations: [
        aReservation({ rule: 'keep-for-renewals', fact: 'keep-for-renewals:service:13' }),
        aReservation({ rule: 'another', fact: 'another:1' }),
      ],
    });
    expect(reserved(said({ client, renewals: [renewal()] }))).toEqual([
      ['keep-for-renewals:service:12', 3000n],
      ['keep-for-renewals:service:13', 0n],
    ]);
  });

  it('is not said again while nothing has changed', () => {
    const known = aReservation({
      rule: 'keep-for-renewals',
      fact: 'keep-for-renewals:service:12',
      amountHundredths: 3000n,
      untilOn: '2026-12-15',
    });
    const client = aClient({ creditHundredths: 5000n, reservations: [known] });
    expect(said({ client, renewals: [renewal()] })).toEqual([]);
    for (const changed of [{ amountHundredths: 3100n }, { dueOn: '2026-12-02' }]) {
      expect(said({ client, renewals: [renewal(changed)] })).toHaveLength(1);
    }
    const words = askRule(keepForRenewals, {
      event: anEvent('AddFunds', { invoiceId: 9 }),
      facts: someFacts({ client, renewals: [renewal()] }),
      settings: {},
    });
    expect(words).toMatchObject([
      { say: 'skip', because: 'What renewals need within 30 days is kept already.' },
    ]);
  });

  it('says so when nothing renews, but not of every client every day', () => {
    const words = askRule(keepForRenewals, {
      event: anEvent('AddFunds', { invoiceId: 9 }),
      facts: someFacts({ client: aClient({ creditHundredths: 5000n }) }),
      settings: {},
    });
    expect(words.map(({ say }) => say)).toEqual(['skip']);
    expect(said({})).toEqual([]);
  });
});

describe('an order that would use credit', () => {
  const client = aClient({
    creditHundredths: 5000n,
    reservations: [aReservation({ rule: 'keep-for-renewals' })],
  });
  const checkout = (applycredit: boolean, refuseAtCheckout: boolean, of = client) =>
    askRule(keepForRenewals, {
      event: anEvent('ShoppingCartValidateCheckout', { applycredit }, { answer: 'veto' }),
      facts: someFacts({ client: of }),
      settings: { refuseAtCheckout },
    });

  it('is refused where the admin chose that, while something is reserved', () => {
    expect(checkout(true, true)).toMatchObject([
      { say: 'answer', veto: [expect.stringContaining('kept for renewals')] },
    ]);
  });

  it('goes through without credit, without a reservation, and where nobody chose to refuse it', () => {
    expect(checkout(false, true)).toEqual([]);
    expect(checkout(true, false)).toEqual([]);
    expect(checkout(true, true, aClient({ creditHundredths: 5000n }))).toEqual([]);
  });
});
