import {
  amountFor,
  amountPerCurrency,
  counted,
  days,
  daysAfter,
  defineRule,
  displayAmount,
  type Facts,
  type GivesAtMost,
  type InvoiceFacts,
  type Limit,
  limit,
  outOfScope,
  propose,
  type RuleEvent,
  scope,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'small-rests';

/** Versions of WHMCS with known invoice figures (whmcs.md §2.2, §0); on others this rule does nothing. */
const KNOWN_VERSIONS = /^(8|9)\./;
/** The host counts what a rule did for a year. */
const PERIOD_MAX_DAYS = 365;
/** An answer has at most a thousand words; the others are looked at the next day. */
const INVOICES_MAX = 500;

const settings = z.object({
  largestRest: amountPerCurrency().prefault({}).meta({
    title: 'Largest rest',
    description: 'A rest of at most this is given; in a currency without an amount nothing is.',
  }),
  capPerPeriod: amountPerCurrency().prefault({}).meta({
    title: 'At most per client and period',
    description: 'All rests of a client in the period together; no amount means no cap.',
  }),
  periodDays: days({ min: 1, max: PERIOD_MAX_DAYS }).default(30).meta({
    title: 'Days of the period',
    description: 'Up to today, which counts as one.',
  }),
  onPayment: z.boolean().default(true).meta({
    title: 'When a payment leaves a rest',
    description: 'The rest is given at once. Otherwise only when the invoice is due.',
  }),
  description: z.string().min(1).max(200).default('Small rest of an invoice').meta({
    title: 'Text in the credit log',
    description: 'Appears in WHMCS’s credit log; some addons show it to clients.',
  }),
  scope: scope(),
});

type Settings = z.output<typeof settings>;
type Occasion = Pick<RuleEvent<'DueInvoice'>, 'localDate' | 'answer'>;

export const smallRests = defineRule({
  id: ID,
  title: 'Small rests of invoices',
  description:
    'Gives the last small amount of an invoice that is paid but for that, so that one cent suspends nobody. The credit goes on that very invoice, and only if exactly that rest is still open.',
  on: ['AddInvoicePayment', 'InvoicePaymentReminder', 'DueInvoice', 'ClientDaily'],
  needs: ['invoice', 'openInvoices', 'counters'],
  settings,
  givesAtMost,
  // Invoices of clients with credit come one by one; a rest is due without credit, too.
  dailyClients: () => ({ withPartlyPaid: true }),
  // What was given for the rest stays: the service was paid for with it.
  whenMoneyGoesBack: () => 'stays',
  reach: { run: 'enforced', 'client-form': 'detected', admin: 'detected', api: 'detected' },

  decide({ event, facts, settings }) {
    if (!KNOWN_VERSIONS.test(event.whmcsVersion)) {
      return [skip(`This rule does not know WHMCS ${event.whmcsVersion} and leaves it alone.`)];
    }
    if (event.name === 'ClientDaily') return onTheDay(event, facts, settings);
    const { invoice, client } = facts;
    if (invoice === null) return [skip('There is no invoice.')];
    if (event.name === 'AddInvoicePayment' && !settings.onPayment) {
      return [skip('The rest is given when the invoice is due.')];
    }
    const excluded = outOfScope(settings.scope, client, invoice);
    if (excluded !== null) return [skip(excluded)];
    if (event.name === 'DueInvoice' && isFarFromPaid(invoice, client, settings)) return [];
    return [give(invoice, event, facts, settings)];
  },
});

/** The invoices that are due and on which something is paid. */
function onTheDay(event: Occasion, facts: Facts, settings: Settings): readonly Word[] {
  const { client, openInvoices } = facts;
  const due = openInvoices.filter(
    (one) =>
      one.dueOn !== null &&
      one.dueOn <= event.localDate &&
      one.balanceHundredths < one.grossHundredths &&
      outOfScope(settings.scope, client, one) === null,
  );
  return due.slice(0, INVOICES_MAX).map((one) => give(one, event, facts, settings));
}

/** Not even all of the client's credit would leave a small rest. */
function isFarFromPaid(
  { balanceHundredths }: InvoiceFacts,
  { creditHundredths, currency }: Facts['client'],
  { largestRest }: Settings,
): boolean {
  const largest = amountFor(largestRest, currency);
  return largest === null || balanceHundredths - creditHundredths > largest;
}

function give(invoice: InvoiceFacts, event: Occasion, facts: Facts, settings: Settings): Word {
  const { currency } = facts.client;
  const largest = amountFor(settings.largestRest, currency);
  if (largest === null) return skip('No rest is given in this currency.');
  if (invoice.status !== 'Unpaid') return skip(`The invoice is ${invoice.status}, not Unpaid.`);
  return propose.forgive({
    fact: `${ID}:invoice:${invoice.id}`,
    invoiceId: invoice.id,
    atMostHundredths: largest,
    description: settings.description,
    limits: cap(event.localDate, facts, settings),
    // The run looks at each due invoice, every day.
    quiet: event.answer === 'run',
    because: `A rest of at most ${displayAmount(largest, currency)} is given.`,
  });
}

function cap(today: string, facts: Facts, settings: Settings): readonly Limit[] {
  const { currency } = facts.client;
  const most = amountFor(settings.capPerPeriod, currency);
  if (most === null) return [];
  const since = daysAfter(today, 1 - settings.periodDays);
  const { amountHundredths: given } = counted(facts.counters, 'forgive', since);
  return [
    limit({
      atMostHundredths: given < most ? most - given : 0n,
      budget: `since ${since}`,
      because: `Rests are given up to ${displayAmount(most, currency)} since ${since}; ${displayAmount(given, currency)} was given.`,
    }),
  ];
}

/**
 * A client may have any number of invoices in a day, so only the cap of the period is an end. 24 hours see the end of one day and the
 * beginning of the next: two periods of a day.
 */
function givesAtMost({ largestRest, capPerPeriod, periodDays }: Settings): GivesAtMost {
  const periods = periodDays === 1 ? 2n : 1n;
  const most = Object.keys(largestRest).map((currency) => {
    const cap = capPerPeriod[Number(currency)];
    return [currency, cap === undefined ? null : cap * periods] as const;
  });
  return Object.fromEntries(most);
}
