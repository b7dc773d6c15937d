import { describe, expect, it } from 'vitest';
import { depositHold } from '../../../src/rules/built-in/deposit-hold.ts';
import type { Facts, Word } from '../../../src/rules/index.ts';
import { aClient, anEvent, anInvoice, askRule, someFacts } from '../../../src/rules/testing.ts';

const PAID = anInvoice({ kind: 'deposit', status: 'Paid', totalHundredths: 5000n });

function decided(
  facts: Partial<Facts> = {},
  settings: Parameters<typeof askRule<'AddFunds', typeof depositHold.settings>>[1]['settings'] = {},
): Word | undefined {
  return askRule(depositHold, {
    event: anEvent('AddFunds', { invoiceId: 9 }),
    facts: someFacts({
      client: aClient({ createdOn: '2026-11-20' }),
      invoice: PAID,
      receivedHundredths: 5000n,
      ...facts,
    }),
    settings,
  })[0];
}

describe('deposits that wait', () => {
  it('park the deposit of a new client, and its last day of waiting is the day before it can be used', () => {
    expect(decided({}, { waitDays: 14 })).toEqual({
      say: 'propose',
      fact: 'parked-deposit:invoice:9',
      effect: {
        kind: 'park',
        amountHundredths: 5000n,
        from: { is: 'payment', invoiceId: 9 },
        reason:
          'The first deposits of a new account wait some days. Deposit #9 can be used after 14 days.',
        untilOn: '2026-12-05',
      },
      because: 'Client since 2026-11-20, less than 30 days. The deposit waits 14 days.',
    });
  });

  it.each([
    ['on the last day as a new client', '2026-10-24', 'propose'],
    ['on the first day as an old one', '2026-10-23', 'skip'],
    ['without a first day', null, 'skip'],
  ])('count the days since the client came: %s', (_, createdOn, said) => {
    expect(decided({ client: aClient({ createdOn }) })?.say).toBe(said);
  });

  it('let nobody be new when told so', () => {
    const client = aClient({ createdOn: '2026-11-22' });
    expect(decided({ client }, { newForDays: 0 })?.say).toBe('skip');
  });

  it('wait until so many others were paid; one that was taken back does not count', () => {
    const past = (invoiceId: number, reversedHundredths = 0n) => ({
      invoiceId,
      gateway: 'banktransfer',
      transactionId: '',
      paidOn: '2026-11-01',
      isFirst: false,
      receivedHundredths: 5000n,
      refundedHundredths: 0n,
      reversedHundredths,
      reversedOn: reversedHundredths > 0n ? '2026-11-20' : null,
    });
    const old = aClient({ createdOn: '2019-01-01' });
    const said = (...deposits: ReturnType<typeof past>[]) =>
      decided({ client: old, deposits }, { newForDeposits: 2 })?.say;
    expect(said(past(9), past(7))).toBe('propose');
    expect(said(past(9), past(7), past(8, 100n))).toBe('propose');
    expect(said(past(9), past(7), past(8))).toBe('skip');
  });

  it('wait by a gateway, whoever the client is', () => {
    const old = { client: aClient({ createdOn: '2019-01-01' }) };
    expect(decided(old, { gateways: ['banktransfer'] })).toMatchObject({
      effect: { reason: expect.stringContaining('Payments in this way') },
      because: 'Deposits by banktransfer wait. The deposit waits 14 days.',
    });
    expect(decided(old, { gateways: ['paypal'] })?.say).toBe('skip');
  });

  it('park the money that was received: no credit that paid for it, and no surplus', () => {
    expect(decided({ receivedHundredths: 3000n })).toMatchObject({
      effect: { amountHundredths: 3000n },
    });
    expect(decided({ receivedHundredths: 6000n })).toMatchObject({
      effect: { amountHundredths: 5000n },
    });
  });
});
