import { describe, expect, it } from 'vitest';
import { paymentGuard } from '../../../src/rules/built-in/payment-guard.ts';
import type { InvoiceFacts, PaymentFacts, Word } from '../../../src/rules/index.ts';
import { aClient, anEvent, anInvoice, askRule, someFacts } from '../../../src/rules/testing.ts';

function payment(more: Partial<PaymentFacts> = {}): PaymentFacts {
  return {
    id: 40,
    invoiceId: 9,
    gateway: 'paypal',
    transactionId: 'T-1',
    receivedAt: '2026-11-22 10:00:00',
    amountHundredths: 2000n,
    surplusHundredths: 0n,
    ...more,
  };
}

function said(
  payments: readonly PaymentFacts[],
  settings: Record<string, unknown> = {},
  invoice: InvoiceFacts = anInvoice({ status: 'Paid', totalHundredths: 2000n }),
): readonly Word[] {
  return askRule(paymentGuard, {
    event: anEvent('AddInvoicePayment', { invoiceid: 9 }),
    facts: someFacts({ client: aClient(), invoice, payments }),
    settings,
  });
}

/** Kinds of effects with what is held. */
const inShort = (words: readonly Word[]) =>
  words.map((word) =>
    word.say === 'propose'
      ? [word.effect.kind, 'amountHundredths' in word.effect ? word.effect.amountHundredths : null]
      : word.say,
  );

describe('the callback that came twice', () => {
  const first = payment();
  const again = payment({
    id: 41,
    transactionId: 'T-2',
    receivedAt: '2026-11-22 10:04:59',
    surplusHundredths: 2000n,
  });

  it('is held, under the name that the host gives a repetition, and told', () => {
    const words = said([first, again]);
    expect(inShort(words)).toEqual([
      ['park', 2000n],
      ['notify', null],
    ]);
    expect(words[0]).toMatchObject({
      fact: 'repeated-payment:41',
      effect: {
        from: { is: 'payment', invoiceId: 9 },
        reason: 'A payment of 20.00 USD for invoice #9 is being checked.',
        untilOn: null,
      },
      because:
        '20.00 USD by paypal for invoice #9 came within 5 minutes of the same for invoice #9.',
    });
  });

  it.each([
    ['later than so many minutes', { receivedAt: '2026-11-22 10:05:01' }],
    ['another amount', { amountHundredths: 2001n }],
    ['another gateway', { gateway: 'card' }],
  ])('is none of: %s', (_, more) => {
    expect(inShort(said([first, { ...again, ...more }]))).toEqual(['skip']);
  });

  it('is never looked for when told so', () => {
    expect(inShort(said([first, again], { sameWithinMinutes: 0 }))).toEqual(['skip']);
  });

  it('that pays another invoice is told, and that invoice stays paid', () => {
    const words = said([payment({ id: 39, invoiceId: 8 }), first]);
    expect(inShort(words)).toEqual([['notify', null]]);
    expect(words[0]).toMatchObject({
      effect: { text: expect.stringContaining('Nothing of it became credit') },
    });
  });

  it('that pays a second deposit is held as that deposit, once with whatever else holds it', () => {
    const deposit = anInvoice({ kind: 'deposit', status: 'Paid', totalHundredths: 2000n });
    const words = said([payment({ id: 39, invoiceId: 8 }), first], {}, deposit);
    expect(inShort(words)).toEqual([
      ['park', 2000n],
      ['notify', null],
    ]);
    expect(words[0]).toMatchObject({ fact: 'parked-deposit:invoice:9' });
  });
});

describe('the gateway whose surplus is no money of ours', () => {
  const small = payment({ amountHundredths: 2050n, surplusHundredths: 50n });

  it('has its surplus held, however small', () => {
    const words = said([small], { gateways: ['paypal'] });
    expect(inShort(words)).toEqual([
      ['park', 50n],
      ['notify', null],
    ]);
    expect(words[0]).toMatchObject({
      fact: 'surplus:40',
      because:
        '20.50 USD by paypal for invoice #9 over 20.00 USD leaves 0.50 USD, and the surplus of this gateway is no money of the client’s.',
    });
  });

  it('is only the one that is named', () => {
    expect(inShort(said([small], { gateways: ['card'] }))).toEqual(['skip']);
  });
});

describe('far too much', () => {
  const much = payment({ amountHundredths: 8001n, surplusHundredths: 6001n });

  it('is more than so many times the invoice, not as much', () => {
    expect(inShort(said([much]))).toEqual([
      ['park', 6001n],
      ['notify', null],
    ]);
    const enough = payment({ amountHundredths: 8000n, surplusHundredths: 6000n });
    expect(inShort(said([enough]))).toEqual(['skip']);
    expect(inShort(said([much], { surplusTimes: 0 }))).toEqual(['skip']);
  });

  it('is not judged for an invoice over nothing, which any payment is many times of', () => {
    const nothing = anInvoice({ status: 'Paid', totalHundredths: 0n });
    const paid = payment({ amountHundredths: 500n, surplusHundredths: 500n });
    expect(inShort(said([paid], {}, nothing))).toEqual(['skip']);
  });
});

it('says nothing about payments of other invoices', () => {
  const other = payment({ invoiceId: 8, amountHundredths: 9000n, surplusHundredths: 7000n });
  expect(inShort(said([other]))).toEqual(['skip']);
});
