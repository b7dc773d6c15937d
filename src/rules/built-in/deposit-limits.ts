import {
  amountFor,
  amountPerCurrency,
  answer,
  defineRule,
  displayAmount,
  type Facts,
  gatewayNames,
  type InvoiceFacts,
  propose,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

/** Versions of WHMCS on which cancelling an unpaid invoice is known to work (whmcs.md §0); on others we only report. */
const KNOWN_VERSIONS = /^(8|9)\./;
/** The mail follows the cancellation at once; only if that fails, it waits this long. */
const MAIL_WAITS_SECONDS = 120;

const settings = z.object({
  minimum: amountPerCurrency().prefault({}).meta({
    title: 'Smallest deposit',
    description: 'A currency without an amount has no limit from this rule.',
  }),
  maximum: amountPerCurrency().prefault({}).meta({ title: 'Largest deposit' }),
  maximumBalance: amountPerCurrency().prefault({}).meta({
    title: 'Largest balance',
    description: 'What credit and all unpaid deposits together may reach.',
  }),
  requireActiveOrder: z.boolean().default(false).meta({
    title: 'Only with an active order',
    description: 'Clients without an active order or service can’t add funds.',
  }),
  oneAtATime: z.boolean().default(false).meta({
    title: 'One unpaid deposit at a time',
    description: 'A client with an unpaid deposit invoice can’t make a second one.',
  }),
  gateways: gatewayNames().meta({
    title: 'Only by these gateways',
    description:
      'By WHMCS’s own names, such as banktransfer: the page offers no others. Leave empty for all.',
  }),
  cancelling: z
    .enum(['before-nine', 'always', 'never'])
    .default('before-nine')
    .meta({
      title: 'A deposit invoice that breaks a limit',
      description: 'What is not cancelled is told to the admins.',
      labels: {
        'before-nine': 'Is cancelled on WHMCS 8, and told on 9',
        always: 'Is cancelled',
        never: 'Is told',
      },
    }),
  mailSubject: z.string().min(1).max(200).default('Your deposit cannot be accepted').meta({
    title: 'Subject of the mail',
  }),
  mailText: z
    .string()
    .min(1)
    .max(5000)
    .default('We cannot accept deposit invoice #{invoice}: {reason}\n\nPlease do not pay it.')
    .meta({
      title: 'Text of the mail',
      description: '{invoice} becomes the invoice’s number, {reason} the limit with its figures.',
      control: 'long-text',
    }),
});

type Settings = z.output<typeof settings>;

export const depositLimits = defineRule({
  id: 'deposit-limits',
  title: 'Limits for deposits',
  description:
    'A smallest and largest deposit, a largest balance, one unpaid deposit at a time, certain gateways, and an active order as condition; by currency and client group. A deposit invoice that breaks a limit is cancelled as soon as it is created, and the client gets the reason by mail.',
  on: ['ClientAreaPageAddFunds', 'InvoiceCreated', 'ClientAreaPageViewInvoice'],
  needs: ['invoice', 'openDeposits', 'activeOrder'],
  settings,
  givesAtMost: () => ({}),
  reach: {
    'client-form': 'prevented-in-page',
    'mass-payment': 'detected',
    admin: 'detected',
  },
  whmcsNeeds: [
    {
      setting: 'AddFundsEnabled',
      says: 'Clients cannot add funds, so there are no deposits for this rule.',
      remedy: 'Turn on “Clients may add funds” under WHMCS settings.',
    },
  ],
  cautions: [
    {
      // whmcs.md §0: cancelling makes a note there, and needs a permission of its own.
      setting: 'cancelling',
      is: 'always',
      sinceMajor: 9,
      says: 'From WHMCS 9 on, each cancelled deposit invoice makes a credit note, and the acting admin needs the permission “Delete Invoice”.',
    },
  ],
  outerLimits: ({ minimum, maximum, maximumBalance, requireActiveOrder }) => ({
    AddFundsMinimum: minimum,
    AddFundsMaximum: maximum,
    AddFundsMaximumBalance: maximumBalance,
    AddFundsRequireOrder: requireActiveOrder,
  }),
  inline: () => ['ClientAreaPageAddFunds', 'InvoiceCreated', 'ClientAreaPageViewInvoice'],

  decide({ event, facts, settings }) {
    switch (event.name) {
      case 'ClientAreaPageAddFunds':
        return showLimits(facts, settings);
      case 'ClientAreaPageViewInvoice':
        return showRefusal(facts, settings);
      case 'InvoiceCreated':
        return checkDeposit(
          facts,
          settings,
          event.answer === 'inline' && cancels(settings, event.whmcsVersion),
        );
    }
  },
});

function cancels({ cancelling }: Settings, whmcsVersion: string): boolean {
  if (cancelling === 'never' || !KNOWN_VERSIONS.test(whmcsVersion)) return false;
  return cancelling === 'always' || whmcsVersion.startsWith('8.');
}

/** Shows this client's limits on the add-funds page (whmcs.md §1.1). */
function showLimits(facts: Facts, settings: Settings): readonly Word[] {
  const { currency, hasActiveOrder } = facts.client;
  const [unpaid] = facts.openDeposits;
  if (settings.oneAtATime && unpaid !== undefined) {
    const message = secondDeposit(unpaid.id);
    return [
      answer({
        // The page has no variable for a reason of its own, so the notice gives it (whmcs.md §1.1).
        pageVars: { addfundsdisabled: true },
        notice: { type: 'info', title: settings.mailSubject, message },
        because: message,
      }),
    ];
  }
  const limits = {
    minimumamount: amountFor(settings.minimum, currency),
    maximumamount: amountFor(settings.maximum, currency),
    maximumbalance: amountFor(settings.maximumBalance, currency),
    notallowed: settings.requireActiveOrder && !hasActiveOrder ? true : null,
  };
  const pageVars: Record<string, bigint | boolean> = {};
  for (const [name, value] of Object.entries(limits)) if (value !== null) pageVars[name] = value;
  const { gateways } = settings;
  return [
    answer({
      pageVars,
      ...(gateways.length === 0 ? {} : { gateways }),
      because: 'The page shows the limits of this client.',
    }),
  ];
}

/** Shows the text of the mail on the page of a cancelled deposit. */
function showRefusal(facts: Facts, settings: Settings): readonly Word[] {
  const { invoice } = facts;
  if (invoice?.kind !== 'deposit' || invoice.status !== 'Cancelled') return [];
  const broken = brokenLimit(invoice, facts, settings);
  if (broken === null) return [];
  return [
    answer({
      notice: { type: 'warning', title: settings.mailSubject, message: broken },
      because: broken,
    }),
  ];
}

function checkDeposit(facts: Facts, settings: Settings, mayCancel: boolean): readonly Word[] {
  const { invoice } = facts;
  if (invoice?.kind !== 'deposit') return [];
  const broken = brokenLimit(invoice, facts, settings);
  if (broken === null) return [skip('The deposit is within the limits.')];

  const fact = `deposit-limits:invoice:${invoice.id}`;
  if (!mayCancel || invoice.status !== 'Unpaid' || invoice.paymentAttempted) {
    // The client may have paid already: money is never turned away afterwards.
    return [
      propose.notify({
        fact: `${fact}:flag`,
        level: 'warning',
        text: `Deposit invoice #${invoice.id} breaks a limit and was not cancelled: ${broken}`,
        because: broken,
      }),
    ];
  }
  return [
    propose.cancel({ fact: `${fact}:cancel`, invoiceId: invoice.id, because: broken }),
    propose.mail({
      fact: `${fact}:mail`,
      mail: {
        subject: settings.mailSubject,
        text: fill(settings.mailText, { invoice: String(invoice.id), reason: broken }),
        about: 'invoice',
        id: invoice.id,
      },
      // A deposit paid in the meantime is not cancelled; then the mail is not sent.
      delaySeconds: MAIL_WAITS_SECONDS,
      afterFact: `${fact}:cancel`,
      whileInvoiceIs: 'Cancelled',
      because: broken,
    }),
    propose.notify({
      fact: `${fact}:note`,
      text: `Deposit invoice #${invoice.id} was refused: ${broken}`,
      because: broken,
    }),
  ];
}

/** The first limit the deposit breaks, in words for the client; null when it breaks none. */
function brokenLimit(invoice: InvoiceFacts, facts: Facts, settings: Settings): string | null {
  const { currency, creditHundredths, hasActiveOrder } = facts.client;
  const earlier = facts.openDeposits.find((open) => open.id < invoice.id);
  const show = (hundredths: bigint) => displayAmount(hundredths, currency);
  const deposit = invoice.totalHundredths;
  if (settings.requireActiveOrder && !hasActiveOrder) {
    return 'Funds can be added once you have an active order.';
  }
  if (settings.oneAtATime && earlier !== undefined) return secondDeposit(earlier.id);
  if (settings.gateways.length > 0 && !settings.gateways.includes(invoice.gateway)) {
    return `Deposits can’t be made by ${invoice.gateway}; choose another payment method.`;
  }
  const minimum = amountFor(settings.minimum, currency);
  if (minimum !== null && deposit < minimum) {
    return `The smallest deposit is ${show(minimum)}; this one is ${show(deposit)}.`;
  }
  const maximum = amountFor(settings.maximum, currency);
  if (maximum !== null && deposit > maximum) {
    return `The largest deposit is ${show(maximum)}; this one is ${show(deposit)}.`;
  }
  const maximumBalance = amountFor(settings.maximumBalance, currency);
  if (maximumBalance === null) return null;
  const others = facts.openDeposits
    .filter((open) => open.id !== invoice.id)
    .reduce((sum, open) => sum + open.balanceHundredths, 0n);
  const reached = creditHundredths + others + deposit;
  return reached > maximumBalance
    ? `Your credit may reach ${show(maximumBalance)}; with this deposit and those not yet paid it would be ${show(reached)}.`
    : null;
}

function secondDeposit(unpaidId: number): string {
  return `Deposit invoice #${unpaidId} is not paid yet. Pay it, or ask us to cancel it, before you make another.`;
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
