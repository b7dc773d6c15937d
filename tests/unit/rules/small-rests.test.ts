import { describe, expect, it } from 'vitest';
import { smallRests } from '../../../src/rules/built-in/small-rests.ts';
import type { CounterFacts, Facts } from '../../../src/rules/index.ts';
import {
  aClient,
  anEvent,
  anInvoice,
  askRule,
  someFacts,
  YEN,
} from '../../../src/rules/testing.ts';

const SETTINGS = { largestRest: { 1: '0.50' } };
const given = (on: string, amountHundredths: bigint): CounterFacts => ({
  rule: 'small-rests',
  effect: 'forgive',
  on,
  count: 1,
  amountHundredths,
});

function ask(facts: Partial<Facts> = {}, settings = {}, whmcsVersion = '8.13.1') {
  return askRule(smallRests, {
    event: anEvent('AddInvoicePayment', { invoiceid: 9 }, { whmcsVersion }),
    facts: someFacts({ invoice: anInvoice({ paidHundredths: 1999n }), ...facts }),
    settings: { ...SETTINGS, ...settings },
  });
}

function due(invoice: Parameters<typeof anInvoice>[0], creditHundredths: bigint, settings = {}) {
  return askRule(smallRests, {
    event: anEvent('DueInvoice', { invoiceId: 9, daysToDue: 0 }, { answer: 'run' }),
    facts: someFacts({ client: aClient({ creditHundredths }), invoice: anInvoice(invoice) }),
    settings: { ...SETTINGS, ...settings },
  });
}

describe('small-rests', () => {
  it('gives a rest up to the amount of the currency, once for the invoice', () => {
    expect(ask()).toMatchObject([
      {
        say: 'propose',
        fact: 'small-rests:invoice:9',
        effect: { kind: 'forgive', invoiceId: 9, atMostHundredths: 50n },
      },
    ]);
  });

  it('waits for the due date if so set', () => {
    expect(ask({}, { onPayment: false })).toMatchObject([{ say: 'skip' }]);
    expect(due({ paidHundredths: 1999n }, 0n, { onPayment: false })).toMatchObject([
      { say: 'propose' },
    ]);
  });

  it.each([
    ['the credit that the client has may leave a small rest', 1950n, 1],
    ['it would leave too much', 1949n, 0],
  ])('speaks of a due invoice when %s', (_, creditHundredths, words) => {
    expect(due({}, creditHundredths)).toHaveLength(words);
  });

  it('is quiet in the run, which shows each due invoice every day', () => {
    expect(due({}, 1999n)).toMatchObject([{ quiet: true }]);
    expect(ask({})).not.toMatchObject([{ quiet: true }]);
  });

  it('looks once a day at what is due and partly paid, also of clients without credit', () => {
    const words = askRule(smallRests, {
      event: anEvent('ClientDaily', { clientId: 5 }),
      facts: someFacts({
        openInvoices: [
          anInvoice({ id: 9, paidHundredths: 1999n }),
          anInvoice({ id: 10 }),
          anInvoice({ id: 11, paidHundredths: 1999n, dueOn: '2026-11-23' }),
        ],
      }),
      settings: SETTINGS,
    });
    expect(words).toMatchObject([{ say: 'propose', fact: 'small-rests:invoice:9' }]);
  });

  it('says nothing of the many clients in the daily run who have no such invoice', () => {
    const words = askRule(smallRests, {
      event: anEvent('ClientDaily', { clientId: 5 }),
      facts: someFacts({ openInvoices: [anInvoice({ id: 10 })] }),
      settings: SETTINGS,
    });
    expect(words).toEqual([]);
  });

  it.each([
    ['in a currency without an amount', { client: aClient({ currency: YEN }) }, {}],
    ['for a paid invoice', { invoice: anInvoice({ status: 'Paid' }) }, {}],
    ['outside of its scope', {}, { scope: { gateways: ['paypal'] } }],
  ])('gives nothing %s', (_, facts, settings) => {
    expect(ask(facts, settings)).toMatchObject([{ say: 'skip' }]);
  });

  it('gives nothing on a version that nobody knows', () => {
    expect(ask({}, {}, '10.0.0')).toMatchObject([{ say: 'skip' }]);
  });

  it('counts what a client got in the period', () => {
    const counters = [given('2026-11-20', 30n), given('2026-10-24', 20n), given('2026-10-23', 99n)];
    const [word] = ask({ counters }, { capPerPeriod: { 1: '1.00' } });
    expect(word).toMatchObject({ limits: [{ atMostHundredths: 50n, budget: 'since 2026-10-24' }] });
  });

  it('says that it has no end without a cap', () => {
    const settings = smallRests.settings.parse({ ...SETTINGS, capPerPeriod: {} });
    expect(smallRests.givesAtMost?.(settings)).toEqual({ 1: null });
    const capped = smallRests.settings.parse({ ...SETTINGS, capPerPeriod: { 1: '1.00' } });
    expect(smallRests.givesAtMost?.(capped)).toEqual({ 1: 100n });
    // 24 hours see two days, and so two periods of a day.
    expect(smallRests.givesAtMost?.({ ...capped, periodDays: 1 })).toEqual({ 1: 200n });
  });
});
