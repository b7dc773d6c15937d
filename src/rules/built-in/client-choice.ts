import {
  type ClientOffer,
  creditRoom,
  defineRule,
  displayAmount,
  type Facts,
  type InvoiceFacts,
  type Limit,
  type LineFacts,
  limit,
  type ServiceChoice,
  z,
} from '@creditbridge/rules';

/** Before all that rules prefer by themselves: the client's own word. */
const FIRST = -10n;

const settings = z.object({
  perService: z.boolean().default(true).meta({
    title: 'Choices for each service',
    description:
      'Clients also choose for which services credit is not used by itself, and which services come first.',
  }),
});

export const clientChoice = defineRule({
  id: 'client-choice',
  title: 'Clients choose how credit is used',
  description:
    'Clients decide on their page Credit whether credit is used by itself, for which services not, and which services come first. Until they choose, everything is as your other rules say.',
  needs: ['preferences', 'lines'],
  settings,
  reach: { run: 'enforced' },
  whmcsNeeds: [
    {
      // On means that automatic use is off (whmcs.md §1.1).
      setting: 'NoAutoApplyCredit',
      says: 'WHMCS itself puts all credit on every new invoice, whatever the client chose.',
      remedy: 'Turn off “Automatic Credit Use” under WHMCS settings.',
    },
  ],
  cautions: [
    {
      // Without it, items with the same due date and payment method share an invoice (whmcs.md §1.3).
      setting: 'perService',
      is: true,
      sinceMajor: 0,
      says: 'Choices for a service work best with “Separate Invoices” on for the client or the client’s group. Where services share an invoice, credit pays only the lines of those for which it may be used.',
    },
  ],
  offersClients: ({ perService }): readonly ClientOffer[] =>
    perService ? ['use', 'services'] : ['use'],

  limits: {
    apply({ invoice, facts, settings }) {
      if (!facts.preferences.usesCredit) {
        return limit({
          atMostHundredths: 0n,
          because: 'The client chose that no credit is used by itself.',
        });
      }
      return invoice === null || !settings.perService ? null : byService(invoice, facts);
    },
  },
});

function byService(invoice: InvoiceFacts, { client, preferences }: Facts): Limit | null {
  const choices = new Map(preferences.services.map((one) => [one.serviceId, one.choice]));
  const isFor = (line: LineFacts, choice: ServiceChoice) =>
    line.serviceId !== null && choices.get(line.serviceId) === choice;
  const comesFirst = invoice.lines.some((line) => isFor(line, 'first'));
  const turn = comesFirst ? { turn: FIRST } : {};
  const kept = invoice.lines.find((line) => isFor(line, 'keep'));
  if (kept !== undefined) {
    const payable = invoice.lines
      .filter((line) => !isFor(line, 'keep'))
      .reduce((sum, line) => sum + line.withTaxHundredths, 0n);
    const room = creditRoom(invoice, payable);
    return limit({
      atMostHundredths: room,
      budget: `invoice ${invoice.id}`,
      because: `The client chose that no credit is used for service #${kept.serviceId}; ${displayAmount(room, client.currency)} may go on the rest of invoice #${invoice.id}.`,
      ...turn,
    });
  }
  if (!comesFirst) return null;
  return limit({
    atMostHundredths: invoice.balanceHundredths,
    budget: `invoice ${invoice.id}`,
    because: 'The client chose that this service comes first.',
    ...turn,
  });
}
