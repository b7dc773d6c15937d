import {
  answer,
  days,
  daysAfter,
  defineRule,
  type Facts,
  type Propose,
  percent,
  percentageOf,
  propose,
  RENEWALS_DAYS,
  type RenewalFacts,
  type ReservationFacts,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'keep-for-renewals';

/** After a quarter, WHMCS has long suspended or ended what nobody pays. */
const AFTER_MAX_DAYS = 90;
/** Fewer than the words of one answer; renewals beyond these are reserved when others are paid. */
const RENEWALS_MAX = 900;

const kinds = ['service', 'addon', 'domain'] as const;

const settings = z.object({
  withinDays: days({ min: 1, max: RENEWALS_DAYS }).default(30).meta({
    title: 'Renewals within days',
    description: 'What falls due within this many days is reserved, invoiced or not.',
  }),
  afterDueDays: days({ min: 0, max: AFTER_MAX_DAYS }).default(14).meta({
    title: 'Still reserved after the due date',
    description: 'For this many days more, until the renewal is paid.',
  }),
  kinds: z
    .array(z.enum(kinds))
    .default([...kinds])
    .meta({
      title: 'For renewals of',
      control: 'several',
      labels: { service: 'Services', addon: 'Addons', domain: 'Domains' },
    }),
  taxPercent: percent().optional().meta({
    title: 'Tax',
    description:
      'Where prices are without tax: the percentage that invoices add. Empty: prices are what is paid.',
  }),
  refuseAtCheckout: z.boolean().default(false).meta({
    title: 'Refuse credit at checkout while something is reserved',
    description:
      'A client who chooses to use credit for an order is asked to pay otherwise. Only in WHMCS’s classic cart; other ways of WHMCS can still use the whole balance.',
  }),
});

type Settings = z.output<typeof settings>;

export const keepForRenewals = defineRule({
  id: ID,
  title: 'Credit kept for renewals',
  description:
    'Reserves what the renewals of the next days need. Our other rules spend only what is left; a renewal’s own invoice may use its reservation. WHMCS itself can still spend the whole balance, and that is told.',
  on: ['ClientDaily', 'AddFunds', 'BalanceChanged', 'InvoicePaid', 'ShoppingCartValidateCheckout'],
  needs: ['renewals'],
  settings,
  dailyClients: () => ({ withBalance: true }),
  inline: ({ refuseAtCheckout }) => (refuseAtCheckout ? ['ShoppingCartValidateCheckout'] : []),
  givesAtMost: () => ({}),
  reach: {
    run: 'enforced',
    checkout: 'detected',
    'client-form': 'detected',
    'mass-payment': 'detected',
    admin: 'detected',
    api: 'detected',
  },

  decide({ event, facts, settings }) {
    if (event.name === 'ShoppingCartValidateCheckout') {
      return settings.refuseAtCheckout && event.data.applycredit === true ? atCheckout(facts) : [];
    }
    const { localDate: today } = event;
    const first = daysAfter(today, -settings.afterDueDays);
    const last = daysAfter(today, settings.withinDays);
    const wanted = facts.renewals
      .filter(({ kind, dueOn }) => settings.kinds.includes(kind) && first <= dueOn && dueOn <= last)
      .slice(0, RENEWALS_MAX)
      .map((one) => reserve(one, settings))
      .filter(({ effect }) => effect.kind === 'reserve' && effect.amountHundredths > 0n);
    const kept = facts.client.reservations.filter(({ rule }) => rule === ID);
    const names = new Set(wanted.map(({ fact }) => fact));
    const over = kept.filter(({ fact }) => !names.has(fact)).map(end);
    const words: readonly Word[] = [...wanted.filter((one) => !isKept(one, kept)), ...over];
    // The daily run shows every client, and each word is a row.
    if (words.length > 0 || event.name === 'ClientDaily') return words;
    return [
      skip(
        wanted.length === 0
          ? `Nothing has to be kept for renewals within ${settings.withinDays} days.`
          : `What renewals need within ${settings.withinDays} days is kept already.`,
      ),
    ];
  },
});

/** What the renewal costs, or less where its invoice is paid in part. */
function reserve(
  { kind, id, dueOn, amountHundredths, openHundredths }: RenewalFacts,
  { taxPercent, afterDueDays }: Settings,
): Propose {
  const tax = taxPercent === undefined ? 0n : percentageOf(amountHundredths, taxPercent, 'up');
  const price = amountHundredths + tax;
  const open = openHundredths ?? price;
  return propose.reserve({
    fact: `${ID}:${kind}:${id}`,
    amountHundredths: open < price ? open : price,
    reservedFor: `the renewal of ${kind} #${id}`,
    for: { kind, id },
    untilOn: daysAfter(dueOn, afterDueDays),
    because: `The renewal of ${kind} #${id} falls due on ${dueOn}.`,
  });
}

function isKept({ fact, effect }: Propose, kept: readonly ReservationFacts[]): boolean {
  const known = kept.find((one) => one.fact === fact);
  return (
    effect.kind === 'reserve' &&
    effect.amountHundredths === known?.amountHundredths &&
    effect.untilOn === known.untilOn
  );
}

/** What is paid, ended or postponed needs no credit any more. */
function end({ fact, reservedFor, untilOn, untilFact, for: of }: ReservationFacts): Propose {
  return propose.reserve({
    fact,
    amountHundredths: 0n,
    reservedFor,
    for: of,
    untilOn,
    untilFact,
    because: `Nothing has to be kept for ${reservedFor} any more.`,
  });
}

function atCheckout({ client: { reservations } }: Facts): readonly Word[] {
  const kept = reservations.filter(
    ({ rule, coveredHundredths }) => rule === ID && coveredHundredths > 0n,
  );
  if (kept.length === 0) return [];
  return [
    answer({
      veto: [
        'Your credit is kept for renewals that fall due soon. Please place this order without using credit.',
      ],
      because: `Credit is kept for ${kept.length === 1 ? 'a renewal' : `${kept.length} renewals`}.`,
    }),
  ];
}
