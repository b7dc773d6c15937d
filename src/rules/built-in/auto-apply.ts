import {
  type AmountPerCurrency,
  amountFor,
  amountPerCurrency,
  answer,
  type ClientFacts,
  days,
  defineRule,
  type Facts,
  type InvoiceFacts,
  type Propose,
  propose,
  skip,
  spendableOn,
  type Word,
  z,
} from '@creditbridge/rules';

/** Versions of WHMCS with known invoice figures (whmcs.md §2.2, §0); on others this rule does nothing. */
const KNOWN_VERSIONS = /^(8|9)\./;

/** The mails about a new invoice, by WHMCS's names (whmcs.md §4.5). */
const CREATION_MAILS: ReadonlySet<string> = new Set([
  'Invoice Created',
  'Credit Card Invoice Created',
]);

/** The addon lets WHMCS wait for the rule only where the trial of credit before the mail has passed. */
const MAIL_WENT_FIRST =
  'The mail about the invoice went out before the credit was on it; the creation of the invoice has its own event. Credit comes first only once the trial of credit before the mail has passed with this version of WHMCS: run it under Connection.';

/** A mail that waits for the credit is sent after this time at the latest. */
const MAIL_WAITS_SECONDS = 120;

/** An answer has at most a thousand words; invoices beyond these are paid when they are due. */
const ARRIVAL_INVOICES_MAX = 500;

/** An invoice with a zero date is the last one. */
const NO_DATE = '9999-12-31';

const settings = z.object({
  atCreation: z.boolean().default(true).meta({
    title: 'When an invoice is created',
    description:
      'Credit is put on each new invoice. Invoices of an order wait for the end of checkout.',
  }),
  onDueDate: z.boolean().default(true).meta({
    title: 'When an invoice falls due',
    description: 'The daily run puts credit on due invoices, once a day until they are paid.',
  }),
  dueOffsetDays: days({ min: -30, max: 30 }).default(0).meta({
    title: 'Days after the due date',
    description:
      'From which day on an invoice counts as due: -3 is three days before its due date.',
  }),
  whenCreditArrives: z.boolean().default(false).meta({
    title: 'When credit arrives',
    description: 'A deposit or an overpayment pays open invoices at once.',
  }),
  order: z
    .enum(['due', 'oldest', 'suspended', 'smallest'])
    .default('due')
    .meta({
      title: 'Which invoice comes first',
      description:
        'When several invoices of a client compete for one balance, on the due date and when credit arrives. What is alike goes by due date.',
      labels: {
        due: 'The one that is due first',
        oldest: 'The one that was made first',
        suspended: 'One for a suspended service',
        smallest: 'The smallest rest to pay',
      },
    }),
  coverage: z
    .enum(['partial', 'whole-only'])
    .default('partial')
    .meta({
      title: 'How much of an invoice',
      description:
        'As much as there is, or only when the credit covers the whole rest of the invoice.',
      labels: { partial: 'As much as there is', 'whole-only': 'Only the whole' },
    }),
  reserve: amountPerCurrency().prefault({}).meta({
    title: 'Reserve',
    description: 'Credit that always stays with the client.',
  }),
  smallestRest: amountPerCurrency().prefault({}).meta({
    title: 'Smallest rest',
    description: 'A gateway’s minimum: rather less credit is used than a smaller rest left to pay.',
  }),
  mail: z
    .enum(['as-is', 'before-mail', 'mail-after'])
    .default('as-is')
    .meta({
      title: 'The mail about a new invoice',
      description:
        '“Credit first” puts the credit on the invoice just before WHMCS sends the mail. “Mail later” holds the mail until the credit is on the invoice, two minutes at most.',
      labels: {
        'as-is': 'As WHMCS sends it',
        'before-mail': 'Credit first, then the mail',
        'mail-after': 'Mail later, after the credit',
      },
    }),
  withoutPaymentMail: z.boolean().default(false).meta({
    title: 'No payment mail',
    description: 'WHMCS does not send its payment confirmation when credit covers an invoice.',
  }),
});

type Settings = z.output<typeof settings>;

export const autoApply = defineRule({
  id: 'auto-apply',
  title: 'Apply credit to invoices',
  description:
    'Puts a client’s credit on unpaid invoices: when they are created, when they fall due, or when credit arrives. Never on deposits or mass payments; what the client chose at checkout wins.',
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
  needsWhen: [{ setting: 'order', is: 'suspended', needs: ['lines', 'services'] }],
  settings,
  givesAtMost: () => ({}),
  reach: { run: 'enforced', checkout: 'detected' },
  whmcsNeeds: [
    {
      // On means that automatic use is off (whmcs.md §1.1).
      setting: 'NoAutoApplyCredit',
      says: 'WHMCS itself puts all credit on every new invoice before this rule is asked, so it finds only what is left.',
      remedy: 'Turn off “Automatic Credit Use” under WHMCS settings.',
    },
  ],
  cautions: [
    {
      setting: 'coverage',
      is: 'partial',
      sinceMajor: 9,
      says: 'From WHMCS 9 on, each use of credit makes a credit note. An invoice that is paid in parts gets one for each part; “Only the whole” makes one.',
    },
  ],
  dueWithinDays: ({ onDueDate, dueOffsetDays }) =>
    onDueDate && dueOffsetDays < 0 ? -dueOffsetDays : 0,
  inline: ({ atCreation, mail }) => {
    if (!atCreation) return [];
    if (mail === 'before-mail') return ['InvoiceCreationPreEmail'];
    return mail === 'mail-after' ? ['EmailPreSend'] : [];
  },

  decide({ event, facts, settings }) {
    if (!KNOWN_VERSIONS.test(event.whmcsVersion)) {
      return [skip(`This rule does not know WHMCS ${event.whmcsVersion} and leaves it alone.`)];
    }
    switch (event.name) {
      case 'InvoiceCreated':
      case 'AfterShoppingCartCheckout':
        return atCreation(facts, settings, event.name === 'AfterShoppingCartCheckout');
      case 'InvoiceCreationPreEmail':
        if (settings.mail !== 'before-mail') return [];
        if (event.answer !== 'inline') return [skip(MAIL_WENT_FIRST)];
        return atCreation(facts, settings, false);
      case 'EmailPreSend':
        if (settings.mail !== 'mail-after' || event.answer !== 'inline') return [];
        return CREATION_MAILS.has(event.data.messagename)
          ? holdMail(event.data.messagename, facts, settings)
          : [];
      case 'DueInvoice':
        return onDueDate(event.data.daysToDue, event.localDate, facts, settings);
      case 'AddFunds':
        return onArrival(`invoice-${event.data.invoiceId}`, facts, settings);
      case 'BalanceChanged':
        // What comes back from an invoice is no new credit; it was taken off so that it stays off.
        if (event.data.kind === 'return')
          return [skip('Credit that comes back from an invoice is not credit that arrives.')];
        return onArrival(`entry-${event.data.entry}`, facts, settings);
    }
  },
});

function atCreation(facts: Facts, settings: Settings, checkoutIsOver: boolean): readonly Word[] {
  if (!settings.atCreation) return [skip('Credit is not applied when invoices are created.')];
  const { client, invoice } = facts;
  const reason = whyNot(invoice, client, settings);
  if (invoice === null || reason !== null) return [skip(reason ?? 'There is no invoice.')];
  if (awaitsCheckout(invoice, checkoutIsOver)) {
    return [
      skip('The invoice belongs to an order whose checkout is not over; it is asked again then.'),
    ];
  }
  return [
    apply(
      invoice,
      facts,
      settings,
      `auto-apply:invoice:${invoice.id}:created`,
      'The invoice was created.',
    ),
  ];
}

function onDueDate(
  daysToDue: number,
  today: string,
  facts: Facts,
  settings: Settings,
): readonly Word[] {
  if (!settings.onDueDate) return [skip('Credit is not applied on the due date.')];
  const { client, invoice } = facts;
  const reason = whyNot(invoice, client, settings);
  if (invoice === null || reason !== null) return [skip(reason ?? 'There is no invoice.')];
  const daysToGo = daysToDue + settings.dueOffsetDays;
  if (daysToGo > 0)
    return [
      skip(
        `For this rule the invoice is due in ${daysToGo === 1 ? 'one day' : `${daysToGo} days`}.`,
      ),
    ];
  // The fact contains the day: an invoice that is not fully paid today gets another try tomorrow.
  return [
    apply(
      invoice,
      facts,
      settings,
      `auto-apply:invoice:${invoice.id}:due:${today}`,
      'The invoice is due.',
    ),
  ];
}

function onArrival(source: string, facts: Facts, settings: Settings): readonly Word[] {
  if (!settings.whenCreditArrives)
    return [skip('Credit that arrives is not put on open invoices.')];
  const { client } = facts;
  const payable = facts.openInvoices.filter((one) => whyNot(one, client, settings) === null);
  if (payable.length === 0) return [skip('There is no open invoice that this credit could pay.')];
  return payable
    .toSorted((a, b) => compare(turnOf(a, facts, settings), turnOf(b, facts, settings)))
    .slice(0, ARRIVAL_INVOICES_MAX)
    .map((invoice) =>
      apply(
        invoice,
        facts,
        settings,
        `auto-apply:invoice:${invoice.id}:arrived:${source}`,
        `Credit arrived; ${FIRST[settings.order]} comes first.`,
      ),
    );
}

const FIRST: Readonly<Record<Settings['order'], string>> = {
  due: 'the invoice that is due first',
  oldest: 'the invoice that was made first',
  suspended: 'an invoice for a suspended service',
  smallest: 'the invoice with the smallest rest',
};

/** The place of an invoice among those of its client; alike ones go by due date, which the host sees to. */
function turnOf(invoice: InvoiceFacts, facts: Facts, { order }: Settings): bigint {
  switch (order) {
    case 'due':
      return 0n;
    case 'oldest':
      return BigInt((invoice.createdOn ?? NO_DATE).replaceAll('-', ''));
    case 'suspended':
      return isForSuspended(invoice, facts) ? -1n : 0n;
    case 'smallest':
      return invoice.balanceHundredths;
  }
}

/** Whether WHMCS suspended a service that this invoice asks for. */
function isForSuspended({ lines }: InvoiceFacts, { services }: Facts): boolean {
  return lines.some(({ serviceId }) =>
    services.some((service) => service.isSuspended && service.id === serviceId),
  );
}

function compare(a: bigint, b: bigint): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Holds WHMCS's mail, applies the credit and then sends the same mail. */
function holdMail(template: string, facts: Facts, settings: Settings): readonly Word[] {
  const { client, invoice } = facts;
  if (invoice === null || !settings.atCreation || awaitsCheckout(invoice, false)) return [];
  // WHMCS may not have published the invoice yet; then the credit follows when it does (whmcs.md §4.3).
  const published = { ...invoice, status: invoice.status === 'Draft' ? 'Unpaid' : invoice.status };
  if (whyNot(published, client, settings) !== null || !wouldApply(published, client, settings)) {
    return [];
  }
  const fact = `auto-apply:invoice:${invoice.id}:created`;
  const because = 'The mail should show the credit.';
  return [
    ...(invoice.status === 'Unpaid'
      ? [apply(invoice, facts, settings, fact, 'The invoice was created.')]
      : []),
    propose.mail({
      fact: `auto-apply:invoice:${invoice.id}:creation-mail`,
      mail: { template, id: invoice.id },
      delaySeconds: MAIL_WAITS_SECONDS,
      afterFact: fact,
      because,
    }),
    answer({ mail: 'hold', because }),
  ];
}

/** Why this invoice gets no credit on any event; null when it may get some. */
function whyNot(
  invoice: InvoiceFacts | null,
  client: ClientFacts,
  settings: Settings,
): string | null {
  if (invoice === null) return 'There is no invoice.';
  if (invoice.kind === 'deposit') return 'A deposit is not paid with credit.';
  if (invoice.kind === 'mass-payment') return 'A mass payment is not paid with credit.';
  if (invoice.status !== 'Unpaid') return `The invoice is ${invoice.status}, not Unpaid.`;
  if (invoice.balanceHundredths <= 0n) return 'Nothing is left to pay.';
  if (invoice.choice === 'keep') {
    return 'The client chose at checkout to keep the credit; that choice stands for this invoice.';
  }
  if (invoice.keptOff) {
    return 'Credit was taken off this invoice by hand, or somebody said to leave it alone: it stays off.';
  }
  const spendable = spendableOn(client, invoice.id);
  if (spendable <= reserve(client, settings)) {
    return spendable === 0n
      ? 'The client has no credit to spend.'
      : 'The client has no credit above the reserve.';
  }
  return null;
}

/** Whether the client's choice is still unknown: an order's invoice exists before WHMCS reports the choice. */
function awaitsCheckout(invoice: InvoiceFacts, checkoutIsOver: boolean): boolean {
  return invoice.orderId !== null && invoice.choice === null && !checkoutIsOver;
}

/** Whether any credit would go on the invoice: an estimate for holding a mail; the host decides. */
function wouldApply(invoice: InvoiceFacts, client: ClientFacts, settings: Settings): boolean {
  const usable = spendableOn(client, invoice.id) - reserve(client, settings);
  if (usable >= invoice.balanceHundredths) return true;
  const smallestRest = amount(settings.smallestRest, client);
  return settings.coverage === 'partial' && invoice.balanceHundredths > smallestRest;
}

function apply(
  invoice: InvoiceFacts,
  facts: Facts,
  settings: Settings,
  fact: string,
  because: string,
): Propose {
  const { client } = facts;
  return propose.apply({
    fact,
    invoiceId: invoice.id,
    wholeOnly: settings.coverage === 'whole-only',
    reserveHundredths: reserve(client, settings),
    smallestRestHundredths: amount(settings.smallestRest, client),
    noEmail: settings.withoutPaymentMail,
    turn: turnOf(invoice, facts, settings),
    because,
  });
}

function reserve(client: ClientFacts, settings: Settings): bigint {
  return amount(settings.reserve, client);
}

/** The amount for the client's currency; 0 when none is set. */
function amount(setting: AmountPerCurrency, client: ClientFacts): bigint {
  return amountFor(setting, client.currency) ?? 0n;
}
