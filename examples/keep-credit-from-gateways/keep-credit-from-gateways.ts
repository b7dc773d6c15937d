import { defineRule, limit, z } from '@creditbridge/rules';

/**
 * Keeps credit off invoices that a certain gateway collects anyway, such as a direct debit that the bank already knows
 * of. It proposes nothing; it limits every other rule that wants to put credit on an invoice.
 */
export const keepCreditFromGateways = defineRule({
  id: 'keep-credit-from-gateways',
  title: 'No credit for some gateways',
  description: 'Invoices with one of these payment methods are never paid with credit by a rule.',
  needs: [],
  settings: z.object({
    gateways: z.array(z.string().min(1).max(64)).default([]).meta({
      title: 'Gateways',
      description: 'System names as in WHMCS’s list of payment gateways, such as sepa.',
    }),
  }),
  // Clients and admins can apply credit in WHMCS itself; a rule sees that only afterwards.
  reach: {
    run: 'enforced',
    checkout: 'detected',
    'client-form': 'detected',
    admin: 'detected',
    api: 'detected',
  },

  limits: {
    apply({ invoice, settings }) {
      if (invoice === null || !settings.gateways.includes(invoice.gateway)) return null;
      const because = `Invoices paid by ${invoice.gateway} keep their full amount.`;
      return limit({ atMostHundredths: 0n, because });
    },
  },
});
