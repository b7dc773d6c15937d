import { describe, expect, it } from 'vitest';
import { returnOnCancel } from '../../../src/rules/built-in/return-on-cancel.ts';
import type { CreditOnFacts, Facts } from '../../../src/rules/index.ts';
import {
  aClient,
  anEvent,
  anInvoice,
  askRule,
  settleRule,
  someFacts,
} from '../../../src/rules/testing.ts';

const PROVEN = { takesOff: true, cancelling: 'keeps' } as const;
const UNKNOWN = { takesOff: false, cancelling: 'unclear' } as const;

function credit(on: Partial<CreditOnFacts> = {}): CreditOnFacts {
  return {
    leftHundredths: 1200n,
    putHundredths: 1200n,
    refundedToCreditHundredths: 0n,
    mayBeBack: null,
    lastEntry: 7n,
    ways: PROVEN,
    ...on,
  };
}

/** An invoice over 20.00 with 12.00 of its client's credit, of which 3.00 are left. */
function facts(status: string, more: Partial<Facts> = {}): Facts {
  return someFacts({
    client: aClient({ creditHundredths: 300n }),
    invoice: anInvoice({ status, creditHundredths: 1200n, dueOn: '2026-10-23' }),
    ledger: { balanceHundredths: 300n, seenLogId: 44, grants: [] },
    creditOn: credit(),
    ...more,
  });
}

const cancelled = (more: Partial<Facts> = {}, settings = {}) => ({
  event: anEvent('InvoiceCancelled', { invoiceid: 9 }),
  facts: facts('Cancelled', more),
  settings,
});
const stale = (daysToDue: number, staleDays: number, more: Partial<Facts> = {}) => ({
  event: anEvent('DueInvoice', { invoiceId: 9, daysToDue }),
  facts: facts('Unpaid', more),
  settings: { staleDays },
});
const ask = (question: ReturnType<typeof cancelled> | ReturnType<typeof stale>) =>
  askRule(returnOnCancel, question);

describe('return-on-cancel', () => {
  it('gives all of the client’s credit back from a cancelled invoice, as it was', () => {
    expect(ask(cancelled())).toMatchObject([
      {
        say: 'propose',
        fact: 'return-on-cancel:cancelled:9:7',
        effect: { kind: 'return', invoiceId: 9, atMostHundredths: null, as: null },
      },
    ]);
    expect(settleRule(returnOnCancel, cancelled())).toMatchObject([{ amountHundredths: 1200n }]);
  });

  it('answers each state of the invoice’s credit once, so one that is cancelled again gives back again', () => {
    expect(ask(cancelled({ creditOn: credit({ lastEntry: 31n }) }))).toMatchObject([
      { fact: 'return-on-cancel:cancelled:9:31' },
    ]);
  });

  it('waits for the days of an unpaid invoice, and answers it once, whatever is put on it later', () => {
    expect(ask(stale(-29, 30))).toEqual([]);
    expect(ask(stale(-30, 30))).toMatchObject([
      { fact: 'return-on-cancel:stale:9', effect: { kind: 'return' } },
    ]);
    const again = stale(-60, 30, { creditOn: credit({ lastEntry: 31n }) });
    expect(ask(again)).toMatchObject([{ fact: 'return-on-cancel:stale:9' }]);
    expect(ask(stale(-400, 0))).toEqual([]);
  });

  it.each([
    ['cancelled', cancelled({ creditOn: credit({ ways: UNKNOWN }) }), 'Manage Credits'],
    ['unpaid', stale(-30, 30, { creditOn: credit({ ways: UNKNOWN }) }), 'Credit → Remove'],
  ])(
    'tells the admins what to do, and moves nothing, where nothing is proven of %s invoices',
    (_, question, remedy) => {
      const [word, ...others] = ask(question);
      expect(others).toEqual([]);
      expect(word).toMatchObject({
        say: 'propose',
        effect: { kind: 'notify', level: 'warning', text: expect.stringContaining(remedy) },
      });
      expect(word).toMatchObject({ effect: { text: expect.stringContaining('12.00') } });
    },
  );

  it.each<readonly [string, Partial<Facts>, object]>([
    ['while the ledger is behind', { client: aClient({ creditHundredths: 1500n }) }, {}],
    ['of whose credit all came back', { creditOn: credit({ leftHundredths: 0n }) }, {}],
    ['that never had credit', { creditOn: null }, {}],
    ['that is open again', { invoice: anInvoice({ status: 'Unpaid' }) }, {}],
    ['for whose gateway it is not', {}, { scope: { gateways: ['paypal'] } }],
    ['if it is not to look at them', {}, { onCancelled: false }],
  ])('neither gives nor tells anything about a cancelled invoice %s', (_, more, settings) => {
    expect(ask(cancelled(more, settings))).toMatchObject([{ say: 'skip' }]);
  });

  it('leaves invoices alone that have no line it is for', () => {
    const line = {
      id: 1,
      type: 'Domain',
      relatedId: 4,
      serviceId: null,
      addonId: null,
      domainId: 4,
      productId: null,
      productGroupId: null,
      amountHundredths: 2000n,
      withTaxHundredths: 2000n,
    };
    const invoice = anInvoice({ status: 'Cancelled', lines: [line] });
    const only = (lineTypes: readonly string[]) =>
      ask(cancelled({ invoice }, { scope: { lineTypes } }));
    expect(only(['service'])).toMatchObject([{ say: 'skip' }]);
    expect(only(['domain-renewal'])).toMatchObject([{ say: 'propose' }]);
  });

  it('gives nothing that was not the client’s', () => {
    expect(returnOnCancel.givesAtMost?.(returnOnCancel.settings.parse({}))).toEqual({});
  });
});
