import { describe, expect, it } from 'vitest';
import { applyScope } from '../../../src/rules/built-in/apply-scope.ts';
import { propose } from '../../../src/rules/index.ts';
import {
  aClient,
  aLine,
  anEvent,
  anInvoice,
  askLimit,
  askRule,
  someFacts,
} from '../../../src/rules/testing.ts';
import { limits, says, settleOne } from './settling.ts';

// 20.00 with tax: a service, a domain, and a setup fee.
const LINES = [
  aLine({
    id: 1,
    type: 'Hosting',
    serviceId: 3,
    productId: 1,
    productGroupId: 7,
    withTaxHundredths: 1200n,
  }),
  aLine({ id: 2, type: 'Domain', domainId: 5, withTaxHundredths: 700n }),
  aLine({
    id: 3,
    type: 'Setup',
    serviceId: 3,
    productId: 1,
    productGroupId: 7,
    withTaxHundredths: 100n,
  }),
];
const NO_DOMAINS = { lineTypes: ['service', 'setup', 'addon', 'upgrade', 'other'] };
const wish = propose.apply({ fact: 'a:invoice:9', invoiceId: 9, because: 'It is due.' });

function ask(pays: object, more = {}) {
  const facts = someFacts({ invoice: anInvoice({ lines: LINES, ...more }) });
  return askLimit(applyScope, { proposal: wish, facts, settings: { pays } });
}

describe('what credit may pay', () => {
  it('is at most what the chosen lines cost with their tax; never domains, say', () => {
    expect(ask(NO_DOMAINS)).toEqual({
      atMostHundredths: 1300n,
      budget: 'invoice 9',
      because:
        'Credit may pay 13.00 USD of the 20.00 USD of invoice #9; 13.00 USD of that is left.',
    });
    expect(ask({ products: [1] })?.atMostHundredths).toBe(1300n);
    expect(ask({ productGroups: [8] })?.atMostHundredths).toBe(0n);
  });

  it('is not limited where all lines are chosen, and for clients and gateways that the rule is not for', () => {
    expect(ask({})).toBeNull();
    expect(ask({ ...NO_DOMAINS, gateways: ['paypal'] })).toBeNull();
    expect(ask({ ...NO_DOMAINS, clientGroups: [3] })).toBeNull();
    expect(ask({ ...NO_DOMAINS, gateways: ['banktransfer'] })).not.toBeNull();
  });

  it('lessens by what credit paid already, and two rules that pay one invoice share the rest', () => {
    const client = aClient({ creditHundredths: 9000n });
    const facts = someFacts({ client, invoice: anInvoice({ lines: LINES }) });
    const question = {
      key: 'invoice:9',
      event: anEvent('InvoiceCreated', { invoiceid: 9 }),
      facts,
    };
    const both = [
      says('a', propose.apply({ ...wishOf('a'), atMostHundredths: 1000n })),
      says('b', propose.apply(wishOf('b'))),
    ];
    const said = ask(NO_DOMAINS);
    if (said === null) throw new Error('Nothing was limited.');
    const settled = settleOne(question, both, { limits: limits('apply-scope', both, said) });
    expect(settled.map(({ amountHundredths }) => amountHundredths)).toEqual([1000n, 300n]);
    // 10.00 of credit are on it, by a live command or for good: 3.00 of the 13.00 are left.
    const partly = { ...anInvoice({ lines: LINES }), balanceHundredths: 1000n };
    const later = askLimit(applyScope, {
      proposal: wish,
      facts: someFacts({ invoice: partly }),
      settings: { pays: NO_DOMAINS },
    });
    expect(later?.atMostHundredths).toBe(300n);
  });

  it('counts money as payment of the other lines first', () => {
    const invoice = anInvoice({ lines: LINES, paidHundredths: 700n });
    const said = askLimit(applyScope, {
      proposal: wish,
      facts: someFacts({ invoice }),
      settings: { pays: NO_DOMAINS },
    });
    expect(said?.atMostHundredths).toBe(1300n);
  });
});

describe('credit that WHMCS itself put on other lines', () => {
  const paid = anEvent('InvoicePaid', { invoiceid: 9 });
  const told = (credit: bigint, receivedHundredths: bigint, pays: object = NO_DOMAINS) => {
    const invoice = {
      ...anInvoice({ lines: LINES, status: 'Paid', creditHundredths: credit }),
      balanceHundredths: 0n,
    };
    return askRule(applyScope, {
      event: paid,
      facts: someFacts({ invoice, receivedHundredths }),
      settings: { pays },
    });
  };

  it('is told once, with the figures', () => {
    expect(told(2000n, 0n)).toMatchObject([
      {
        fact: 'apply-scope:invoice:9:beyond',
        because: '20.00 USD of credit is on invoice #9, of which credit may pay 13.00 USD.',
      },
    ]);
    expect(told(1300n, 700n)).toEqual([]);
    expect(told(0n, 2000n)).toEqual([]);
  });

  it('is none where a mass payment brought money, which WHMCS books as credit', () => {
    expect(told(2000n, 2000n)).toEqual([]);
  });

  it('is none for clients that the rule is not for', () => {
    expect(told(2000n, 0n, { ...NO_DOMAINS, currencies: [2] })).toEqual([]);
  });
});

function wishOf(rule: string) {
  return { fact: `${rule}:invoice:9`, invoiceId: 9, because: 'It is due.' };
}
