import { describe, expect, it } from 'vitest';
import { depositBonus } from '../../../src/rules/built-in/deposit-bonus.ts';
import type { DepositFacts, Facts, PastDeposit } from '../../../src/rules/index.ts';
import {
  aClient,
  aGrant,
  anEvent,
  anInvoice,
  askRule,
  someFacts,
  YEN,
} from '../../../src/rules/testing.ts';

const TIERS = [
  { from: { 1: '50.00' }, percent: '10' },
  { from: { 1: '100.00', 3: '10000' }, fixed: { 1: '15.00' } },
  { from: { 1: '500.00' }, percent: '12.5' },
];
const event = anEvent('AddFunds', { invoiceId: 812 });

function facts(receivedHundredths: bigint, more: Partial<Facts> = {}): Facts {
  return someFacts({
    invoice: anInvoice({ id: 812, kind: 'deposit', status: 'Paid' }),
    receivedHundredths,
    ...more,
  });
}

function ask(received: bigint, more: Partial<Facts> = {}, settings: object = {}) {
  return askRule(depositBonus, {
    event,
    facts: facts(received, more),
    settings: { tiers: TIERS, ...settings },
  });
}

describe('the bonus', () => {
  it.each([
    [5000n, 500n],
    [9999n, 999n],
    [10_000n, 1500n],
    [49_999n, 1500n],
    [50_000n, 6250n],
    [50_001n, 6250n],
  ])('for %s hundredths received is %s, by the highest tier, rounded down', (received, bonus) => {
    expect(ask(received)[0]).toMatchObject({
      say: 'propose',
      fact: 'deposit-bonus:invoice:812',
      effect: {
        kind: 'grant',
        amountHundredths: bonus,
        rounding: 'down',
        grantKind: 'promotional',
      },
    });
  });

  it('does not depend on the order of the tiers', () => {
    const reversed = ask(10_000n, {}, { tiers: TIERS.toReversed() });
    expect(reversed[0]).toMatchObject({ effect: { amountHundredths: 1500n } });
  });

  it.each([
    ['nothing was received', 0n, {}, 'No money was received for this deposit.'],
    ['more was refunded than received', -1n, {}, 'No money was received for this deposit.'],
    ['no tier is reached', 4999n, {}, '49.99 USD reaches no tier in this currency.'],
    [
      'no tier names the currency',
      1_000_000n,
      { client: aClient({ currency: { id: 2, code: 'EUR', decimals: 2 } }) },
      '10000.00 EUR reaches no tier in this currency.',
    ],
    [
      'the tier has no amount for the currency',
      1_000_000n,
      { client: aClient({ currency: YEN }) },
      'This tier gives no bonus in this currency.',
    ],
  ])('is none when %s', (_, received, more, reason) => {
    expect(ask(received, more)).toEqual([{ say: 'skip', because: reason }]);
  });

  it('carries the admin’s text', () => {
    expect(ask(5000n, {}, { description: 'Thank you' })[0]).toMatchObject({
      effect: { description: 'Thank you' },
    });
  });
});

describe('the caps', () => {
  const limits = (more: Partial<Facts>, settings: object) =>
    ask(5000n, more, settings)
      .flatMap((word) => (word.say === 'propose' ? (word.limits ?? []) : []))
      .map(({ atMostHundredths, budget }) => [atMostHundredths, budget]);

  it('hold per deposit, in currencies that have one', () => {
    expect(limits({}, { capPerDeposit: { 1: '2.00' } })).toEqual([[200n, null]]);
    expect(limits({}, { capPerDeposit: { 2: '2.00' } })).toEqual([]);
  });

  const grant = (on: string, amountHundredths: bigint) => ({
    rule: 'deposit-bonus',
    effect: 'grant',
    on,
    count: 1,
    amountHundredths,
  });
  const counters = [grant('2026-11-01', 300n), grant('2026-10-31', 400n)];

  it('hold per calendar month', () => {
    const settings = { capPerPeriod: { 1: '10.00' } };
    expect(limits({ counters }, settings)).toEqual([[700n, 'since 2026-11-01']]);
    expect(limits({ counters: [grant('2026-11-01', 1001n)] }, settings)).toEqual([
      [0n, 'since 2026-11-01'],
    ]);
  });

  it('hold per number of days, today included', () => {
    const settings = { capPerPeriod: { 1: '10.00' }, period: 'days' };
    expect(limits({ counters }, { ...settings, periodDays: 23 })).toEqual([
      [300n, 'since 2026-10-31'],
    ]);
    expect(limits({ counters }, { ...settings, periodDays: 22 })).toEqual([
      [700n, 'since 2026-11-01'],
    ]);
    expect(limits({ counters }, { ...settings, periodDays: 1 })).toEqual([
      [1000n, 'since 2026-11-22'],
    ]);
  });
});

describe('the settings', () => {
  const accepts = (settings: unknown) => depositBonus.settings.safeParse(settings).success;

  it('need a tier, and in each either an amount or a percentage', () => {
    expect(accepts({ tiers: TIERS })).toBe(true);
    expect(accepts({})).toBe(false);
    expect(accepts({ tiers: [] })).toBe(false);
    expect(accepts({ tiers: [{ from: { 1: '1' } }] })).toBe(false);
    expect(accepts({ tiers: [{ from: { 1: '1' }, percent: '5', fixed: { 1: '1' } }] })).toBe(false);
  });

  it.each(['0', '-5', '1001', '5%', '1e2', ''])('refuse the percentage %j', (percent) => {
    expect(accepts({ tiers: [{ from: { 1: '1' }, percent }] })).toBe(false);
  });
});

describe('a refund of the deposit', () => {
  const refunded = anEvent('InvoiceRefunded', { invoiceid: 812 });
  const bonus = {
    rule: 'deposit-bonus',
    followsInvoiceId: 812,
    amountHundredths: 1000n,
    remainingHundredths: 1000n,
  };

  const deposit = {
    id: 60n,
    kind: 'paid',
    amountHundredths: 10_000n,
    remainingHundredths: 10_000n,
  } as const;

  function refund(
    left: bigint,
    grant: object,
    settings: object = {},
    more: { readonly credit?: object; readonly deposit?: Partial<DepositFacts> } = {},
  ) {
    const ledger = { balanceHundredths: 11_000n, seenLogId: 44, grants: [] };
    return askRule(depositBonus, {
      event: refunded,
      facts: facts(left, {
        ledger,
        deposit: {
          credit: [aGrant({ ...deposit, ...more.credit })],
          followers: [aGrant({ id: 69n, rule: 'cashback' }), aGrant(grant)],
          takenForRules: [],
          repaidHundredths: 0n,
          ...more.deposit,
        },
      }),
      settings: { tiers: [{ from: { 1: '10.00' }, percent: '10' }], ...settings },
    });
  }

  it.each([
    ['all of it', 0n, 1000n],
    ['half of it', 5000n, 500n],
    ['what brings the rest below the tier', 999n, 1000n],
  ])('of %s takes back what the rest would not have earned', (_, left, taken) => {
    expect(refund(left, bonus)).toMatchObject([
      {
        fact: 'deposit-bonus:claw-back:grant:70:0',
        effect: {
          kind: 'remove',
          amountHundredths: taken,
          from: { grantId: 70n, as: 'claw-back' },
        },
      },
    ]);
  });

  it('takes back no more than once, whoever tells of it again', () => {
    expect(refund(5000n, { ...bonus, clawedBackHundredths: 500n })).toMatchObject([
      { say: 'skip' },
    ]);
    expect(
      refund(5000n, { ...bonus, remainingHundredths: 500n, heldHundredths: 500n }),
    ).toMatchObject([{ say: 'skip' }]);
    expect(refund(0n, { ...bonus, clawedBackHundredths: 500n })).toMatchObject([
      { effect: { amountHundredths: 500n } },
    ]);
  });

  const used = { ...bonus, remainingHundredths: 0n };

  it('takes a used bonus from what is left of the deposit’s own credit', () => {
    expect(refund(0n, used)).toMatchObject([
      {
        fact: 'deposit-bonus:claw-back:used:70:0:60:0',
        effect: { amountHundredths: 1000n, from: { grantId: 60n, as: 'claw-back' } },
      },
    ]);
    expect(refund(5000n, { ...used, remainingHundredths: 200n })).toMatchObject([
      { effect: { amountHundredths: 200n, from: { grantId: 70n } } },
      { effect: { amountHundredths: 300n, from: { grantId: 60n } } },
    ]);
    expect(refund(0n, used, {}, { credit: { remainingHundredths: 400n } })).toMatchObject([
      { effect: { amountHundredths: 400n } },
    ]);
  });

  it('takes a used bonus once, and not at all where the admin wants that or nothing is left', () => {
    const taken = [{ rule: 'deposit-bonus', amountHundredths: 1000n }];
    expect(refund(0n, used, {}, { deposit: { takenForRules: taken } })).toMatchObject([
      { say: 'skip' },
    ]);
    expect(refund(0n, used, { takesUsedBonus: false })).toMatchObject([{ say: 'skip' }]);
    expect(refund(0n, used, {}, { credit: { remainingHundredths: 0n } })).toMatchObject([
      { say: 'skip' },
    ]);
    // What another rule took for its own gift does not count for this one.
    const other = [{ rule: 'cashback', amountHundredths: 1000n }];
    expect(refund(0n, used, {}, { deposit: { takenForRules: other } })).toMatchObject([
      { effect: { amountHundredths: 1000n } },
    ]);
  });

  it('leaves the bonus of another rule alone, and all where the admin wants that', () => {
    expect(refund(0n, { ...bonus, rule: 'cashback' })).toMatchObject([{ say: 'skip' }]);
    expect(refund(0n, bonus, { followsRefund: false })).toMatchObject([{ say: 'skip' }]);
  });
});

it('a bonus that expires has its last day, today counting as the first', () => {
  expect(ask(5000n, {}, { expiresAfterDays: 30 })[0]).toMatchObject({
    effect: { expiresOn: '2026-12-21', followsInvoiceId: 812 },
  });
});

it('a bonus that comes later lasts as long as one that comes at once', () => {
  expect(ask(5000n)[0]).toMatchObject({ effect: { afterDays: 0 } });
  const [later] = ask(5000n, {}, { givenAfterDays: 14, expiresAfterDays: 30 });
  expect(later).toMatchObject({ effect: { afterDays: 14, expiresOn: '2027-01-04' } });
  expect(later).toMatchObject({ because: expect.stringContaining('given after 14 days') });
});

describe('money that covers what is owed to a reversal', () => {
  const owing = (repaidHundredths: bigint) => ({
    deposit: { credit: [], followers: [], takenForRules: [], repaidHundredths },
  });

  it('earns nothing; the rest earns by its own tier', () => {
    expect(ask(10_000n, owing(4000n))[0]).toMatchObject({ effect: { amountHundredths: 600n } });
    expect(ask(10_000n, owing(6000n))).toEqual([
      { say: 'skip', because: '40.00 USD reaches no tier in this currency.' },
    ]);
    expect(ask(10_000n, owing(20_000n))).toEqual([
      {
        say: 'skip',
        because: 'All of it covers what the client owes for payments that were taken back.',
      },
    ]);
  });
});

describe('for whom, by which gateway and when', () => {
  const past = (invoiceId: number, more: Partial<PastDeposit> = {}): PastDeposit => ({
    invoiceId,
    gateway: 'banktransfer',
    transactionId: 'T',
    paidOn: '2026-11-22',
    isFirst: false,
    receivedHundredths: 10_000n,
    refundedHundredths: 0n,
    reversedHundredths: 0n,
    reversedOn: null,
    ...more,
  });
  const amountOf = (words: ReturnType<typeof ask>) =>
    words.map((word) =>
      word.say === 'propose' && word.effect.kind === 'grant'
        ? word.effect.amountHundredths
        : word.because,
    );

  it('a tier for some gateways counts for money that came by one of them', () => {
    const tiers = [
      { from: { 1: '50.00' }, percent: '2' },
      { from: { 1: '50.01' }, percent: '10', gateways: ['banktransfer'] },
    ];
    const by = (gateway: string) =>
      amountOf(ask(10_000n, { deposits: [past(812, { gateway })] }, { tiers }));
    expect(by('banktransfer')).toEqual([1000n]);
    expect(by('paypal')).toEqual([200n]);
    // The invoice says banktransfer, and the payment names none.
    expect(by('')).toEqual([1000n]);
    const only = ask(
      10_000n,
      { deposits: [past(812, { gateway: 'paypal' })] },
      { tiers: tiers.slice(1) },
    );
    expect(amountOf(only)).toEqual(['100.00 USD by paypal reaches no tier in this currency.']);
  });

  it('only the first deposit earns, also when it was refunded since', () => {
    const onlyFirst = { onlyFirst: true };
    const first = past(700, { isFirst: true, refundedHundredths: 10_000n });
    expect(amountOf(ask(10_000n, { deposits: [past(812, { isFirst: true })] }, onlyFirst))).toEqual(
      [1500n],
    );
    expect(amountOf(ask(10_000n, { deposits: [first, past(812)] }, onlyFirst))).toEqual([
      'Only the first deposit earns a bonus; that was #700.',
    ]);
    expect(amountOf(ask(10_000n, { deposits: [first, past(812)] }))).toEqual([1500n]);
  });

  it('a campaign goes from its first to its last day, by WHMCS’s calendar', () => {
    const on = (localDate: string) =>
      amountOf(
        askRule(depositBonus, {
          event: anEvent('AddFunds', { invoiceId: 812 }, { localDate }),
          facts: facts(10_000n),
          settings: { tiers: TIERS, fromDay: '2026-11-20', untilDay: '2026-11-30' },
        }),
      );
    expect(on('2026-11-19')).toEqual(['The campaign begins on 2026-11-20.']);
    expect(on('2026-11-20')).toEqual([1500n]);
    expect(on('2026-11-30')).toEqual([1500n]);
    expect(on('2026-12-01')).toEqual(['The campaign ended on 2026-11-30.']);
    const backwards = { tiers: TIERS, fromDay: '2026-12-01', untilDay: '2026-11-30' };
    expect(depositBonus.settings.safeParse(backwards).success).toBe(false);
    expect(depositBonus.settings.safeParse({ tiers: TIERS, fromDay: '1.12.2026' }).success).toBe(
      false,
    );
  });
});
