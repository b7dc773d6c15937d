import {
  creditRoom,
  daysBetween,
  defineRule,
  displayAmount,
  eligibleHundredths,
  eligibleLines,
  type Facts,
  type InvoiceFacts,
  outOfScope,
  type Propose,
  propose,
  type ServiceFacts,
  scope,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'prepaid-services';
/** Versions of WHMCS with known invoice figures (whmcs.md §2.2, §0); on others this rule does nothing. */
const KNOWN_VERSIONS = /^(8|9)\./;
/** The client is warned when the credit lasts so many days or fewer, once for each. */
const WARNING_DAYS = [1, 3, 7] as const;
/** An answer has at most a thousand words; invoices beyond these are paid when they are due. */
const ARRIVAL_INVOICES_MAX = 500;

const settings = z.object({
  services: scope().meta({
    title: 'Prepaid',
    description:
      'Products, product groups and kinds of lines say which services are paid from credit first; client groups, currencies and gateways say whose. Where nothing is chosen, nothing is left out.',
  }),
  warns: z.boolean().default(true).meta({
    title: 'Warn the client',
    description:
      'A mail 7 days, 3 days and 1 day before the credit does not cover the next prepaid service any more.',
  }),
  mailSubject: z.string().min(1).max(200).default('Your credit runs out soon').meta({
    title: 'Subject of the mail',
  }),
  mailText: z
    .string()
    .min(1)
    .max(5000)
    .default(
      'Your credit covers your prepaid services until {day}. {missing} is missing then; please add funds before.',
    )
    .meta({
      title: 'Text of the mail',
      description:
        '{day} becomes the day on which the credit does not suffice, {missing} what is missing then, {credit} the credit now.',
      control: 'long-text',
    }),
});

type Settings = z.output<typeof settings>;

export const prepaidServices = defineRule({
  id: ID,
  title: 'Prepaid services',
  description:
    'Chosen services are paid from credit first: on their due date, before WHMCS charges cards, and at once when credit arrives, the oldest suspended service first. The client is warned before the credit runs out; WHMCS itself suspends what is not paid.',
  on: ['DueInvoice', 'AddFunds', 'BalanceChanged', 'ClientDaily'],
  needs: ['invoice', 'openInvoices', 'lines', 'services'],
  settings,
  givesAtMost: () => ({}),
  dailyClients: ({ warns }) => (warns ? { servicesDueWithinDays: Math.max(...WARNING_DAYS) } : {}),
  reach: { run: 'enforced' },
  whmcsNeeds: [
    {
      // On means that automatic use is off (whmcs.md §1.1).
      setting: 'NoAutoApplyCredit',
      says: 'WHMCS itself puts all credit on every new invoice, also of services that are not prepaid.',
      remedy: 'Turn off “Automatic Credit Use” under WHMCS settings.',
    },
  ],
  cautions: [
    {
      // whmcs.md §1.3; the service may not read these columns.
      sinceMajor: 0,
      says: 'Turn on “Separate Invoices” for these clients or their group: on a shared invoice credit pays only the prepaid lines, so it stays open and WHMCS suspends. Turn on “Disable Automatic CC Processing” for them, or accept that WHMCS charges cards for what the credit does not cover.',
    },
  ],

  decide({ event, facts, settings }) {
    if (!KNOWN_VERSIONS.test(event.whmcsVersion)) {
      return [skip(`This rule does not know WHMCS ${event.whmcsVersion} and leaves it alone.`)];
    }
    switch (event.name) {
      case 'DueInvoice':
        return event.data.daysToDue > 0 || facts.invoice === null
          ? []
          : pay(facts.invoice, facts, settings, `due:${event.localDate}`, 'It is due.');
      case 'BalanceChanged':
        // What comes back from an invoice is no new credit.
        return event.data.kind === 'return'
          ? []
          : onArrival(`entry-${event.data.entry}`, event.localDate, facts, settings);
      case 'AddFunds':
        return onArrival(`invoice-${event.data.invoiceId}`, event.localDate, facts, settings);
      case 'ClientDaily':
        return settings.warns ? warn(event.localDate, facts, settings) : [];
    }
  },
});

/** Pays what is due by today, and what keeps a service suspended. */
function onArrival(source: string, today: string, facts: Facts, settings: Settings): Word[] {
  return facts.openInvoices
    .filter((one) => (one.dueOn !== null && one.dueOn <= today) || keepsSuspended(one, facts))
    .toSorted((a, b) => Number(keepsSuspended(b, facts)) - Number(keepsSuspended(a, facts)))
    .slice(0, ARRIVAL_INVOICES_MAX)
    .flatMap((one) => pay(one, facts, settings, `arrived:${source}`, 'Credit arrived.'));
}

/** Credit for the prepaid lines of an invoice; none where it has none. */
function pay(
  invoice: InvoiceFacts,
  facts: Facts,
  { services }: Settings,
  occasion: string,
  because: string,
): readonly Propose[] {
  if (invoice.kind !== 'ordinary' || invoice.choice === 'keep' || invoice.keptOff) return [];
  if (outOfScope(services, facts.client, invoice) !== null) return [];
  if (!eligibleLines(services, invoice).some(({ serviceId }) => serviceId !== null)) return [];
  const room = creditRoom(invoice, eligibleHundredths(services, invoice));
  if (room <= 0n) return [];
  return [
    propose.apply({
      fact: `${ID}:invoice:${invoice.id}:${occasion}`,
      invoiceId: invoice.id,
      atMostHundredths: room,
      turn: keepsSuspended(invoice, facts) ? -1n : 0n,
      because: `${because} Its services are prepaid.`,
    }),
  ];
}

function keepsSuspended({ lines }: InvoiceFacts, { services }: Facts): boolean {
  return lines.some(({ serviceId }) =>
    services.some((service) => service.isSuspended && service.id === serviceId),
  );
}

/** A mail when the credit does not cover the prepaid services of the next days. */
function warn(today: string, facts: Facts, settings: Settings): readonly Word[] {
  const { client } = facts;
  const gap = firstGap(today, facts, settings);
  if (gap === null) return [];
  const days = daysBetween(today, gap.day);
  const threshold = WARNING_DAYS.find((one) => days <= one);
  if (threshold === undefined) return [];
  const show = (hundredths: bigint) => displayAmount(hundredths, client.currency);
  const because = `The credit of ${show(client.spendableHundredths)} lasts until ${gap.day}, when ${show(gap.missingHundredths)} is missing.`;
  return [
    propose.mail({
      // Once for each threshold, and anew when the credit lasts until another day.
      fact: `${ID}:client:${client.id}:runway:${gap.day}:${threshold}`,
      mail: {
        subject: settings.mailSubject,
        text: fill(settings.mailText, {
          day: gap.day,
          missing: show(gap.missingHundredths),
          credit: show(client.spendableHundredths),
        }),
        about: 'general',
        id: client.id,
      },
      because,
    }),
  ];
}

/** The first day from tomorrow on when the credit does not cover a prepaid service; null when there is none. */
function firstGap(today: string, facts: Facts, { services: wanted }: Settings) {
  if (outOfScope(wanted, facts.client, null) !== null) return null;
  let left = facts.client.spendableHundredths;
  for (const [day, services] of Map.groupBy(comingUp(today, facts, wanted), (one) => one.dueOn)) {
    left -= services.reduce((sum, one) => sum + one.recurringHundredths, 0n);
    if (left < 0n) return { day, missingHundredths: -left };
  }
  return null;
}

/** Active prepaid services that fall due after today, by due date. Lists of kinds of lines do not matter: these are services. */
function comingUp(
  today: string,
  { services }: Facts,
  wanted: Settings['services'],
): readonly (ServiceFacts & { readonly dueOn: string })[] {
  const isWanted = (list: readonly number[], id: number | null) =>
    list.length === 0 || (id !== null && list.includes(id));
  return services
    .flatMap((service) => (service.dueOn === null ? [] : [{ ...service, dueOn: service.dueOn }]))
    .filter(
      ({ status, cycleMonths, dueOn }) =>
        status === 'Active' && cycleMonths !== null && dueOn > today,
    )
    .filter(
      (one) =>
        isWanted(wanted.products, one.productId) &&
        isWanted(wanted.productGroups, one.productGroupId),
    )
    .toSorted((a, b) => (a.dueOn === b.dueOn ? a.id - b.id : a.dueOn < b.dueOn ? -1 : 1));
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
