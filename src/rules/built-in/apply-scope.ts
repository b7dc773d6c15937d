import {
  creditRoom,
  defineRule,
  displayAmount,
  eligibleHundredths,
  type Facts,
  limit,
  outOfScope,
  propose,
  scope,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'apply-scope';

const settings = z.object({
  pays: scope().meta({
    title: 'Credit pays only',
    description:
      'Kinds of lines, product groups and products say what credit may pay. Client groups, currencies and gateways say for whom: for all others this rule limits nothing. Where nothing is chosen, nothing is left out.',
  }),
});

type Settings = z.output<typeof settings>;

export const applyScope = defineRule({
  id: ID,
  title: 'What credit may pay',
  description:
    'Credit pays only for what you choose: some kinds of lines, product groups or products; never for domains, say. On an invoice with other lines it pays at most what the chosen ones cost with their tax. It limits all rules; what WHMCS itself does at checkout, on an invoice or in a mass payment is told once the invoice is paid.',
  on: ['InvoicePaid', 'AfterShoppingCartCheckout'],
  needs: ['invoice', 'lines', 'received'],
  limitsNeed: ['lines'],
  settings,
  givesAtMost: () => ({}),
  reach: {
    run: 'enforced',
    checkout: 'detected',
    'client-form': 'detected',
    'mass-payment': 'detected',
    admin: 'detected',
    api: 'detected',
  },
  whmcsNeeds: [
    {
      // On means that automatic use is off (whmcs.md §1.1).
      setting: 'NoAutoApplyCredit',
      says: 'WHMCS itself puts all credit on every new invoice, whatever its lines are.',
      remedy: 'Turn off “Automatic Credit Use” under WHMCS settings.',
    },
  ],

  decide({ facts, settings }) {
    return tellBeyond(facts, settings);
  },

  limits: {
    apply({ invoice, facts: { client }, settings: { pays } }) {
      if (invoice === null || outOfScope(pays, client, invoice) !== null) return null;
      const payable = eligibleHundredths(pays, invoice);
      if (payable >= invoice.grossHundredths) return null;
      const show = (hundredths: bigint) => displayAmount(hundredths, client.currency);
      const room = creditRoom(invoice, payable);
      return limit({
        atMostHundredths: room,
        // Two rules that pay one invoice share what is left.
        budget: `invoice ${invoice.id}`,
        because: `Credit may pay ${show(payable)} of the ${show(invoice.grossHundredths)} of invoice #${invoice.id}; ${show(room)} of that is left.`,
      });
    },
  },
});

/** Credit that somebody else put on an invoice, beyond what it may pay. Nothing can be held back any more. */
function tellBeyond(
  { client, invoice, receivedHundredths }: Facts,
  { pays }: Settings,
): readonly Word[] {
  if (invoice?.kind !== 'ordinary' || outOfScope(pays, client, invoice) !== null) return [];
  // What a mass payment brought is booked as credit, and is money (whmcs.md §2.6).
  const used = invoice.grossHundredths - receivedHundredths - invoice.balanceHundredths;
  const payable = eligibleHundredths(pays, invoice);
  if (invoice.creditHundredths <= 0n || used <= payable) return [];
  const show = (hundredths: bigint) => displayAmount(hundredths, client.currency);
  const because = `${show(used)} of credit is on invoice #${invoice.id}, of which credit may pay ${show(payable)}.`;
  return [
    propose.notify({
      fact: `${ID}:invoice:${invoice.id}:beyond`,
      text: `${because} This rule does not reach what is done at checkout, on the invoice’s page, in a mass payment or by staff.`,
      because,
    }),
  ];
}
