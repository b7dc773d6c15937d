import {
  amountFor,
  amountPerCurrency,
  askApproval,
  counted,
  defineRule,
  limit,
  propose,
  z,
} from '../../src/rules/index.ts';

/** Rules as providers write them: they compete with the built-in ones for the same credit, and limit them. */

const amount = () => amountPerCurrency().prefault({});

const spends = defineRule({
  id: 'outside-spends',
  title: 'Spends',
  description: 'Puts credit on open invoices, takes fees, and gives back from cancelled invoices.',
  on: ['DueInvoice', 'InvoiceCreated', 'AddFunds', 'ClientDaily', 'InvoiceCancelled'],
  needs: ['openInvoices', 'invoice', 'creditOn', 'grants'],
  settings: z.object({
    each: amount(),
    together: amount(),
    fee: amount(),
    first: z.boolean().default(false),
    /** Answers facts that a built-in rule answers, too. */
    sameFacts: z.boolean().default(false),
  }),
  reach: {},
  givesAtMost: () => ({}),
  dailyClients: () => ({ withBalance: true }),

  decide({ event, facts: { client, openInvoices }, settings }) {
    const because = 'A provider wants it.';
    if (event.name === 'InvoiceCancelled') {
      const { invoiceid: invoiceId } = event.data;
      return [propose.return({ fact: `outside-spends:back:${invoiceId}`, invoiceId, because })];
    }
    const together = amountFor(settings.together, client.currency);
    const applies = openInvoices.map(({ id }) =>
      propose.apply({
        fact: settings.sameFacts
          ? `auto-apply:invoice:${id}:due:${event.localDate}`
          : `outside-spends:invoice:${id}:${event.localDate}`,
        invoiceId: id,
        atMostHundredths: amountFor(settings.each, client.currency),
        turn: settings.first ? -3n : 0n,
        limits:
          together === null
            ? []
            : [limit({ atMostHundredths: together, budget: 'all', because: 'Enough.' })],
        because,
      }),
    );
    const fee = propose.remove({
      fact: `outside-spends:fee:${client.id}:${event.name}:${event.localDate}`,
      amountHundredths: amountFor(settings.fee, client.currency) ?? 0n,
      description: 'Fee',
      because,
    });
    return [...applies, fee];
  },
});

const gives = defineRule({
  id: 'outside-gives',
  title: 'Gives',
  description: 'Gives something for every invoice that is paid or due, up to a cap per day.',
  on: ['DueInvoice', 'InvoicePaid', 'AddFunds'],
  needs: ['invoice', 'counters'],
  settings: z.object({ gift: amount(), perDay: amount() }),
  reach: {},
  // Two days begin and end within 24 hours.
  givesAtMost: ({ perDay }) =>
    Object.fromEntries(Object.entries(perDay).map(([id, most]) => [id, most * 2n])),

  decide({ event, facts: { client, invoice, counters }, settings }) {
    if (invoice === null) return [];
    const most = amountFor(settings.perDay, client.currency) ?? 0n;
    const { amountHundredths: given } = counted(counters, 'grant', event.localDate);
    return [
      propose.grant({
        fact: `outside-gives:invoice:${invoice.id}`,
        amountHundredths: amountFor(settings.gift, client.currency) ?? 0n,
        description: 'Gift',
        followsInvoiceId: invoice.id,
        limits: [
          limit({
            atMostHundredths: given < most ? most - given : 0n,
            budget: 'day',
            because: 'Enough for a day.',
          }),
        ],
        because: 'A provider gives it.',
      }),
    ];
  },
});

const limits = defineRule({
  id: 'outside-limits',
  title: 'Limits',
  description: 'Limits what others do, and asks an admin about large gifts.',
  needs: [],
  settings: z.object({ applied: amount(), taken: amount(), askedAbove: amount() }),
  reach: {},

  limits: {
    apply({ facts: { client }, settings }) {
      const most = amountFor(settings.applied, client.currency);
      if (most === null) return null;
      return limit({ atMostHundredths: most, budget: 'applied', because: 'No more.' });
    },
    remove({ facts: { client }, settings }) {
      const most = amountFor(settings.taken, client.currency);
      return most === null ? null : limit({ atMostHundredths: most, because: 'No more.' });
    },
    grant({ facts: { client }, settings }) {
      const aboveHundredths = amountFor(settings.askedAbove, client.currency);
      if (aboveHundredths === null) return null;
      return askApproval({ aboveHundredths, because: 'A large gift.' });
    },
  },
});

export const outsideRules = [spends, gives, limits] as const;
