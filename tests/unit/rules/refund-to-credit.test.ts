import { describe, expect, it } from 'vitest';
import { refundToCredit } from '../../../src/rules/built-in/refund-to-credit.ts';
import type { CreditOnFacts, Facts, InvoiceFacts, RefundFacts } from '../../../src/rules/index.ts';
import {
  aClient,
  aLine,
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
    leftHundredths: 1000n,
    putHundredths: 1000n,
    refundedToCreditHundredths: 0n,
    mayBeBack: null,
    lastEntry: 7n,
    ways: PROVEN,
    ...on,
  };
}

function refund(amountHundredths: bigint, id = 41): RefundFacts {
  return { id, refundedOn: '2026-11-20', amountHundredths };
}

/** An invoice over 30.00, paid on 1 November with 10.00 of its client's credit and 20.00 of money, of which this went back. */
function refunded(refunds: readonly RefundFacts[], more: Partial<Facts> = {}): Facts {
  const back = refunds.reduce((sum, one) => sum + one.amountHundredths, 0n);
  return someFacts({
    client: aClient({ creditHundredths: 300n }),
    invoice: invoice({
      status: back >= 2000n ? 'Refunded' : 'Paid',
      paidHundredths: 2000n - back,
    }),
    ledger: { balanceHundredths: 300n, seenLogId: 44, grants: [] },
    creditOn: credit(),
    refunds,
    ...more,
  });
}

function invoice(facts: Partial<Omit<InvoiceFacts, 'balanceHundredths'>>): InvoiceFacts {
  return anInvoice({
    totalHundredths: 3000n,
    creditHundredths: 1000n,
    paidOn: '2026-11-01',
    ...facts,
  });
}

const whole = (more: Partial<Facts> = {}) => refunded([refund(2000n)], more);
const question = (facts: Facts, settings: object = {}) => ({
  event: anEvent('InvoiceRefunded', { invoiceid: 9 }),
  facts,
  settings,
});
const ask = (facts: Facts, settings: object = {}) =>
  askRule(refundToCredit, question(facts, settings));
const settled = (facts: Facts, settings: object = {}) =>
  settleRule(refundToCredit, question(facts, settings));

describe('refund-to-credit', () => {
  it('gives the credit back that paid for a refunded invoice, to the grants it came from', () => {
    expect(ask(whole())).toMatchObject([
      {
        say: 'propose',
        fact: 'refund-to-credit:9:41:0',
        effect: { kind: 'return', invoiceId: 9, atMostHundredths: 1000n, as: null },
        because:
          'Invoice #9 was refunded; 10.00 USD of credit had paid for it, and 100 % comes back.',
      },
    ]);
    expect(settled(whole())).toMatchObject([{ outcome: 'effect', amountHundredths: 1000n }]);
  });

  it('gives back no more than its share, and counts what came back before in any way', () => {
    expect(settled(whole(), { percent: '25.5' })).toMatchObject([{ amountHundredths: 255n }]);
    const halfOf = (left: bigint) =>
      ask(whole({ creditOn: credit({ leftHundredths: left }) }), { percent: '50' });
    expect(halfOf(700n)).toMatchObject([{ effect: { atMostHundredths: 200n } }]);
    expect(halfOf(500n)).toMatchObject([{ say: 'skip' }]);
    expect(halfOf(0n)).toMatchObject([{ say: 'skip' }]);
  });

  it('gives it as promotional credit, with a last day that counts from the refund', () => {
    expect(ask(whole(), { as: 'promotional', expiresAfterDays: 30 })).toMatchObject([
      { effect: { as: { kind: 'promotional', expiresOn: '2026-12-19' } } },
    ]);
    expect(ask(whole(), { as: 'promotional' })).toMatchObject([
      { effect: { as: { kind: 'promotional', expiresOn: null } } },
    ]);
  });

  it('looks at the day of the refund, not at the day on which it is told', () => {
    expect(ask(whole(), { withinDays: 19 })).toMatchObject([{ say: 'propose' }]);
    expect(ask(whole(), { withinDays: 18 })).toMatchObject([
      { say: 'skip', because: expect.stringContaining('until 2026-11-19 bring credit back') },
    ]);
    const undated = whole({ invoice: invoice({ status: 'Refunded', paidOn: null }) });
    expect(ask(undated, { withinDays: 30 })).toMatchObject([{ say: 'skip' }]);
    expect(ask(undated)).toMatchObject([{ say: 'propose' }]);
  });

  it('tells of a refunded part what share is to come back by hand, each refund once', () => {
    expect(ask(refunded([refund(500n)]))).toMatchObject([
      {
        fact: 'refund-to-credit:9:41:0:by-hand',
        effect: {
          kind: 'notify',
          level: 'warning',
          text: '5.00 USD of 20.00 USD for invoice #9 went back; 10.00 USD of credit had paid for it, and 100 % of that share comes back. 2.50 USD is left to give back. Credit is not taken off an invoice that is Paid: only WHMCS’s own page does that. In WHMCS, open invoice #9 and take 2.50 USD off with Credit → Remove.',
        },
      },
    ]);
  });

  it('counts what was given back by hand of earlier parts, and asks for the rest when more is refunded', () => {
    const creditOn = credit({ leftHundredths: 750n });
    const twice = [refund(500n), refund(500n, 45)];
    expect(ask(refunded(twice, { creditOn }))).toMatchObject([
      {
        fact: 'refund-to-credit:9:45:0:by-hand',
        effect: { text: expect.stringContaining('2.50 USD is left to give back.') },
      },
    ]);
    expect(settled(refunded([...twice, refund(1000n, 50)], { creditOn }))).toMatchObject([
      { effect: 'return', amountHundredths: 750n },
    ]);
  });

  it('leaves refunded parts alone if so set', () => {
    expect(ask(refunded([refund(500n)]), { inPart: false })).toMatchObject([{ say: 'skip' }]);
    expect(ask(whole(), { inPart: false })).toMatchObject([{ say: 'propose' }]);
  });

  it('takes all money back for the whole, also while WHMCS still calls the invoice Paid: that is done by hand', () => {
    const paid = invoice({ status: 'Paid', paidHundredths: 0n });
    expect(ask(whole({ invoice: paid }), { inPart: false })).toMatchObject([
      { effect: { kind: 'notify', text: expect.stringContaining('Credit → Remove') } },
    ]);
  });

  it('takes WHMCS’s own refund to credit for a refund, whether WHMCS made a transaction of it or not', () => {
    const creditOn = credit({ refundedToCreditHundredths: 2000n });
    expect(settled(whole({ creditOn }))).toMatchObject([{ amountHundredths: 1000n }]);
    const without = invoice({ status: 'Refunded', paidHundredths: 2000n });
    expect(settled(refunded([], { creditOn, invoice: without }))).toMatchObject([
      { amountHundredths: 1000n },
    ]);
  });

  it('gives nothing that WHMCS’s own refund to credit gave back already', () => {
    const creditOn = credit({ refundedToCreditHundredths: 2600n });
    expect(ask(whole({ creditOn }))).toMatchObject([{ effect: { atMostHundredths: 400n } }]);
    const all = credit({ refundedToCreditHundredths: 3000n });
    expect(ask(whole({ creditOn: all }))).toMatchObject([{ say: 'skip' }]);
  });

  it('tells what to do by hand where nothing is proven of this version, and warns of a chargeback in Collections', () => {
    expect(ask(whole({ creditOn: credit({ ways: UNKNOWN }) }))).toMatchObject([
      { effect: { kind: 'notify', text: expect.stringContaining('Run the trial') } },
    ]);
    const collections = invoice({ status: 'Collections', paidHundredths: 0n });
    expect(ask(whole({ invoice: collections }))).toMatchObject([
      { effect: { kind: 'notify', text: expect.stringContaining('chargeback') } },
    ]);
  });

  it('says it in a note that is not too long for the largest amounts', () => {
    const most = 99_999_999_999_999n;
    const creditOn = credit({ putHundredths: most, leftHundredths: most, ways: UNKNOWN });
    const refunds = [refund(most)];
    for (const status of ['Refunded', 'Collections', 'Paid']) {
      const facts = whole({ creditOn, refunds, invoice: invoice({ id: 9, status }) });
      expect(ask(facts)).toMatchObject([{ effect: { kind: 'notify' } }]);
    }
  });

  it('lets the host say why, where the same credit may have come back already', () => {
    const creditOn = credit({ mayBeBack: 30n, ways: UNKNOWN });
    expect(settled(whole({ creditOn }))).toMatchObject([
      { outcome: 'skipped', reason: expect.stringContaining('Say under Differences') },
    ]);
  });

  it.each<readonly [string, Partial<Facts>, object]>([
    ['while the ledger is behind', { client: aClient({ creditHundredths: 2300n }) }, {}],
    ['that never had credit', { creditOn: null }, {}],
    ['that was cancelled', { invoice: invoice({ status: 'Cancelled' }) }, {}],
    ['that is open again', { invoice: invoice({ status: 'Unpaid' }) }, {}],
    ['that is a deposit', { invoice: invoice({ status: 'Refunded', kind: 'deposit' }) }, {}],
    ['for whose gateway it is not', {}, { scope: { gateways: ['paypal'] } }],
    [
      'that has no line it is for',
      { invoice: invoice({ status: 'Refunded', lines: [aLine()] }) },
      { scope: { lineTypes: ['domain-renewal'] } },
    ],
    [
      'of which no money went back',
      { refunds: [], invoice: invoice({ status: 'Paid', paidHundredths: 2000n }) },
      {},
    ],
  ])('neither gives nor tells anything about an invoice %s', (_, more, settings) => {
    expect(ask(whole(more), settings)).toMatchObject([{ say: 'skip' }]);
  });

  it('rounds a share down to the currency’s decimals, and leaves an exact rest exact', () => {
    const yen = aClient({
      creditHundredths: 300n,
      currency: { id: 3, code: 'JPY', decimals: 0 },
    });
    expect(ask(whole({ client: yen }), { percent: '33' })).toMatchObject([
      { effect: { atMostHundredths: 300n } },
    ]);
    const creditOn = credit({ putHundredths: 1050n, leftHundredths: 1050n });
    expect(ask(whole({ client: yen, creditOn }))).toMatchObject([
      { effect: { atMostHundredths: 1050n } },
    ]);
  });

  it('gives at most all of it, and nothing that was not the client’s', () => {
    expect(refundToCredit.settings.safeParse({ percent: '100.5' }).success).toBe(false);
    expect(refundToCredit.givesAtMost?.(refundToCredit.settings.parse({}))).toEqual({});
  });
});
