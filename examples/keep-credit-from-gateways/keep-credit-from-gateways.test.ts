import { anEvent, anInvoice, askRule, someFacts } from 'creditbridge/testing';
import { describe, expect, it } from 'vitest';
import { keepCreditFromGateways } from './keep-credit-from-gateways.ts';

const settings = { gateways: ['sepa'] };
const event = anEvent('InvoiceCreated', { invoiceid: 9 });

describe('keep-credit-from-gateways', () => {
  it('forbids credit on an invoice of such a gateway', () => {
    const facts = someFacts({ invoice: anInvoice({ gateway: 'sepa' }) });
    expect(askRule(keepCreditFromGateways, { event, facts, settings })).toEqual([
      expect.objectContaining({
        say: 'limit',
        effect: 'apply',
        invoiceId: 9,
        atMostHundredths: 0n,
        because: 'Invoices paid by sepa keep their full amount.',
      }),
    ]);
  });

  it('forbids it on open invoices too when credit arrives', () => {
    const facts = someFacts({
      openInvoices: [anInvoice({ id: 8, gateway: 'sepa' }), anInvoice({ id: 9, gateway: 'card' })],
    });
    const words = askRule(keepCreditFromGateways, {
      event: anEvent('AddFunds', { invoiceId: 812 }),
      facts,
      settings,
    });
    expect(words).toEqual([expect.objectContaining({ invoiceId: 8 })]);
  });

  it('says nothing against others, nor while no gateway is set', () => {
    const card = someFacts({ invoice: anInvoice({ gateway: 'card' }) });
    const sepa = someFacts({ invoice: anInvoice({ gateway: 'sepa' }) });
    for (const words of [
      askRule(keepCreditFromGateways, { event, facts: card, settings }),
      askRule(keepCreditFromGateways, { event, facts: sepa }),
    ]) {
      expect(words.map(({ say }) => say)).toEqual(['skip']);
    }
  });
});
