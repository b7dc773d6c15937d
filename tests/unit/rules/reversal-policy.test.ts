import { describe, expect, it } from 'vitest';
import { reversalPolicy } from '../../../src/rules/built-in/reversal-policy.ts';
import type { Facts, PastDeposit } from '../../../src/rules/index.ts';
import {
  aClient,
  aGrant,
  anEvent,
  anInvoice,
  askRule,
  someFacts,
} from '../../../src/rules/testing.ts';

type Settings = NonNullable<
  Parameters<typeof askRule<'AddFunds', typeof reversalPolicy.settings>>[1]['settings']
>;

/** A deposit of 50.00 that was paid by card and taken back today, unless said otherwise. */
const past = (invoiceId: number, more: Partial<PastDeposit> = {}): PastDeposit => ({
  invoiceId,
  gateway: 'card',
  transactionId: 'T',
  paidOn: '2026-11-01',
  isFirst: false,
  receivedHundredths: 5000n,
  refundedHundredths: 0n,
  reversedHundredths: 5000n,
  reversedOn: '2026-11-22',
  ...more,
});

const reversed = (settings: Settings = {}, facts: Partial<Facts> = {}) =>
  askRule(reversalPolicy, {
    event: anEvent('PaymentReversed', { entry: 7n, invoiceId: 9 }),
    facts: someFacts({
      invoice: anInvoice({ kind: 'deposit', status: 'Collections' }),
      deposits: [past(9)],
      ...facts,
    }),
    settings,
  });

const paid = (settings: Settings, deposits: readonly PastDeposit[], gateway = 'card') =>
  askRule(reversalPolicy, {
    event: anEvent('AddFunds', { invoiceId: 12 }),
    facts: someFacts({
      invoice: anInvoice({
        id: 12,
        kind: 'deposit',
        status: 'Paid',
        totalHundredths: 2000n,
        gateway,
      }),
      receivedHundredths: 2000n,
      deposits,
    }),
    settings,
  })[0];

describe('a payment that is taken back', () => {
  it('freezes its client and is told, each once for its invoice', () => {
    expect(reversed()).toMatchObject([
      {
        fact: 'reversal-policy:freeze:invoice:9',
        effect: { kind: 'freeze', reason: 'The payment of invoice #9 by card was taken back.' },
      },
      {
        fact: 'reversal-policy:told:invoice:9',
        effect: {
          kind: 'notify',
          level: 'warning',
          text: 'The payment of invoice #9 by card was taken back. Client #5 is frozen until an admin ends that. Deposits by card wait for 30 days.',
        },
      },
    ]);
  });

  it('is told with the bonus that a frozen client keeps until then', () => {
    const deposit = {
      credit: [],
      followers: [aGrant({ remainingHundredths: 500n })],
      takenForRules: [],
      repaidHundredths: 0n,
    };
    expect(reversed({ holdDays: 0 }, { deposit })[1]).toMatchObject({
      effect: {
        text: 'The payment of invoice #9 by card was taken back. Client #5 is frozen until an admin ends that. 5.00 USD that was given for it stays usable in WHMCS until then.',
      },
    });
    expect(reversed({ freeze: false, holdDays: 0 }, { deposit })).toMatchObject([
      { effect: { kind: 'notify', text: 'The payment of invoice #9 by card was taken back.' } },
    ]);
  });

  it('is mailed to a client who is not frozen, if there is a text', () => {
    const kinds = (settings: Settings) =>
      reversed(settings).map((word) => (word.say === 'propose' ? word.effect.kind : word.say));
    expect(kinds({ freeze: false, mailText: 'Please call us.' })).toEqual(['notify', 'mail']);
    expect(kinds({ freeze: true, mailText: 'Please call us.' })).toEqual(['freeze', 'notify']);
  });

  it('does not count by another gateway than those named', () => {
    expect(reversed({ gateways: ['paypal'] })).toEqual([
      { say: 'skip', because: 'Reversals by card do not count.' },
    ]);
    expect(reversed({ gateways: ['card'] })).toHaveLength(2);
  });

  it('counts without an invoice, unless gateways are named', () => {
    const withoutInvoice = (settings: Settings) =>
      askRule(reversalPolicy, {
        event: anEvent('PaymentReversed', { entry: 7n, invoiceId: null }),
        facts: someFacts({ client: aClient(), invoice: null }),
        settings,
      });
    expect(withoutInvoice({})).toMatchObject([
      { fact: 'reversal-policy:freeze:entry:7', effect: { reason: 'A payment was taken back.' } },
      { fact: 'reversal-policy:told:entry:7' },
    ]);
    expect(withoutInvoice({ gateways: ['card'] })[0]?.say).toBe('skip');
  });
});

describe('a deposit after a reversal', () => {
  it('waits until the days after the newest reversal are over', () => {
    const deposits = [past(8, { reversedOn: '2026-11-20' }), past(9)];
    expect(paid({ holdDays: 30 }, deposits)).toEqual({
      say: 'propose',
      fact: 'parked-deposit:invoice:12',
      effect: {
        kind: 'park',
        amountHundredths: 2000n,
        from: { is: 'payment', invoiceId: 12 },
        reason: 'An earlier payment was taken back. Deposit #12 can be used after 2026-12-21.',
        untilOn: '2026-12-21',
      },
      because: 'The payment of invoice #9 was taken back, so deposits wait until 2026-12-21.',
    });
  });

  it.each([
    ['on the last of the days', 3, '2026-11-20', 'propose'],
    ['on the day after', 2, '2026-11-20', 'skip'],
    ['when no day is set', 0, '2026-11-22', 'skip'],
    ['when nothing was reversed', 30, null, 'skip'],
  ])('waits within the days only: %s', (_, holdDays, reversedOn, said) => {
    expect(paid({ holdDays }, [past(9, { reversedOn })])?.say).toBe(said);
  });

  it('waits by the same gateway, or by any if so set, and never for a gateway that does not count', () => {
    expect(paid({}, [past(9)], 'paypal')?.say).toBe('skip');
    expect(paid({ hold: 'all' }, [past(9)], 'paypal')?.say).toBe('propose');
    expect(paid({ hold: 'all', gateways: ['paypal'] }, [past(9)])?.say).toBe('skip');
  });
});
