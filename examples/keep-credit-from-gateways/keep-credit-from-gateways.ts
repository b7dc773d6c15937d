import { defineRule, limit, skip, z } from 'creditbridge/rules';

/**
 * Keeps credit off invoices that a certain gateway collects anyway, such as a direct debit that is already announced to the
 * bank. It proposes nothing: it limits what other rules propose.
 */
export const keepCreditFromGateways = defineRule({
  id: 'keep-credit-from-gateways',
  title: 'No credit for some gateways',
  description: 'Invoices with one of these payment methods are never paid with credit by a rule.',
  // Wherever another rule may propose to apply credit.
  on: [
    'InvoiceCreated',
    'AfterShoppingCartCheckout',
    'InvoiceCreationPreEmail',
    'EmailPreSend',
    'AddFunds',
    'BalanceChanged',
    'DueInvoice',
  ],
  needs: ['invoice', 'openInvoices'],
  settings: z.object({
    gateways: z.array(z.string().min(1).max(64)).default([]).meta({
      title: 'Gateways',
      description: 'System names as in WHMCS’s list of payment gateways, such as sepa.',
    }),
  }),
  // WHMCS itself lets clients and admins apply credit; a rule only sees that afterwards.
  reach: {
    run: 'enforced',
    checkout: 'detected',
    'client-form': 'detected',
    'mass-payment': 'not-applicable',
    admin: 'detected',
    api: 'detected',
  },

  decide({ facts, settings }) {
    const looked =
      facts.invoice === null ? facts.openInvoices : [facts.invoice, ...facts.openInvoices];
    const kept = new Map(
      looked
        .filter((invoice) => settings.gateways.includes(invoice.gateway))
        .map((invoice) => [invoice.id, invoice.gateway]),
    );
    if (kept.size === 0) return [skip('No invoice here is collected by one of these gateways.')];
    return [...kept].map(([invoiceId, gateway]) =>
      limit('apply', {
        invoiceId,
        atMostHundredths: 0n,
        because: `Invoices paid by ${gateway} keep their full amount.`,
      }),
    );
  },
});
