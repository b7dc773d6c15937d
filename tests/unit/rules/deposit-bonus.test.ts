import { describe, expect, it } from 'vitest';
import { depositBonus } from '../../../src/rules/built-in/deposit-bonus.ts';
import type { Facts } from '../../../src/rules/index.ts';
import {
  aClient,
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
      .filter((word) => word.say === 'limit')
      .map(({ atMostHundredths, budget, proposedBy }) => [atMostHundredths, budget, proposedBy]);

  it('hold per deposit, in currencies that have one', () => {
    expect(limits({}, { capPerDeposit: { 1: '2.00' } })).toEqual([[200n, null, 'deposit-bonus']]);
    expect(limits({}, { capPerDeposit: { 2: '2.00' } })).toEqual([]);
  });

  const grant = (on: string, amountHundredths: bigint) => ({
    rule: 'deposit-bonus',
    on,
    amountHundredths,
  });
  const ownGrants = [grant('2026-11-01', 300n), grant('2026-10-31', 400n)];

  it('hold per calendar month', () => {
    const settings = { capPerPeriod: { 1: '10.00' } };
    expect(limits({ ownGrants }, settings)).toEqual([[700n, 'since 2026-11-01', 'deposit-bonus']]);
    expect(limits({ ownGrants: [grant('2026-11-01', 1001n)] }, settings)).toEqual([
      [0n, 'since 2026-11-01', 'deposit-bonus'],
    ]);
  });

  it('hold per number of days, today included', () => {
    const settings = { capPerPeriod: { 1: '10.00' }, period: 'days' };
    expect(limits({ ownGrants }, { ...settings, periodDays: 23 })).toEqual([
      [300n, 'since 2026-10-31', 'deposit-bonus'],
    ]);
    expect(limits({ ownGrants }, { ...settings, periodDays: 22 })).toEqual([
      [700n, 'since 2026-11-01', 'deposit-bonus'],
    ]);
    expect(limits({ ownGrants }, { ...settings, periodDays: 1 })).toEqual([
      [1000n, 'since 2026-11-22', 'deposit-bonus'],
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
