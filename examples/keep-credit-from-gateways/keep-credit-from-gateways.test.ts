import { propose } from '@creditbridge/rules';
import { anInvoice, askLimit, someFacts } from '@creditbridge/rules/testing';
import { describe, expect, it } from 'vitest';
import { keepCreditFromGateways } from './keep-credit-from-gateways.ts';

const settings = { gateways: ['sepa'] };
const proposal = propose.apply({ fact: 'any:invoice:9', invoiceId: 9, because: 'It is due.' });

describe('keep-credit-from-gateways', () => {
  it('forbids credit on an invoice of such a gateway', () => {
    const facts = someFacts({ invoice: anInvoice({ gateway: 'sepa' }) });
    expect(askLimit(keepCreditFromGateways, { proposal, facts, settings })).toEqual({
      atMostHundredths: 0n,
      budget: null,
      because: 'Invoices paid by sepa keep their full amount.',
    });
  });

  it('looks at the invoice that is to be paid, not at others', () => {
    const openInvoices = [anInvoice({ id: 8, gateway: 'sepa' }), anInvoice({ gateway: 'card' })];
    const facts = someFacts({ openInvoices });
    expect(askLimit(keepCreditFromGateways, { proposal, facts, settings })).toBeNull();
  });

  it('says nothing while no gateway is set', () => {
    const facts = someFacts({ invoice: anInvoice({ gateway: 'sepa' }) });
    expect(askLimit(keepCreditFromGateways, { proposal, facts })).toBeNull();
  });
});
