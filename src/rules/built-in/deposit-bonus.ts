import {
  amountFor,
  amountPerCurrency,
  type Currency,
  calendarDay,
  counted,
  days,
  daysAfter,
  defineRule,
  displayAmount,
  type Facts,
  type GivesAtMost,
  gatewayNames,
  type Limit,
  limit,
  percent,
  percentageOf,
  propose,
  skip,
  takeBack,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'deposit-bonus';

/** Nobody can explain more tiers to a client. */
const TIERS_MAX = 20;
/** Ten years; a longer expiry has no effect in practice. */
const EXPIRY_MAX_DAYS = 3650;
/** The longest delay of a grant. */
const AFTER_MAX_DAYS = 365;
/** The host shows a rule its own grants of this time. */
const PERIOD_MAX_DAYS = 365;

const tier = z
  .object({
    from: amountPerCurrency().meta({
      title: 'From',
      description:
        'The smallest deposit that earns this; a currency without an amount earns nothing.',
    }),
    fixed: amountPerCurrency().prefault({}).meta({
      title: 'Fixed bonus',
      description: 'An amount; leave empty when the bonus is a percentage.',
    }),
    percent: percent().optional().meta({
      title: 'Percentage',
      description: 'Of the money received; leave empty when the bonus is a fixed amount.',
    }),
    gateways: gatewayNames().meta({
      title: 'Only by these gateways',
      description: 'By WHMCS’s own names, such as banktransfer; leave empty for all.',
    }),
  })
  .refine((one) => (one.percent === undefined) !== (Object.keys(one.fixed).length === 0), {
    error: 'A tier has either a fixed bonus or a percentage.',
  });

const settings = z
  .object({
    tiers: z.array(tier).min(1).max(TIERS_MAX).meta({
      title: 'Tiers',
      description: 'The highest tier that the deposit reaches counts.',
    }),
    capPerDeposit: amountPerCurrency().prefault({}).meta({
      title: 'At most per deposit',
      description: 'No bonus is larger; no amount means no cap.',
    }),
    capPerPeriod: amountPerCurrency().prefault({}).meta({
      title: 'At most per period',
      description: 'All bonuses of a client in the period together; no amount means no cap.',
    }),
    onlyFirst: z.boolean().default(false).meta({
      title: 'Only the first deposit',
      description:
        'Only the first deposit that a client ever paid with money earns a bonus, also when it was refunded since.',
    }),
    fromDay: calendarDay().optional().meta({
      title: 'From this day',
      description:
        'A campaign begins on this day of WHMCS’s calendar, such as 2026-12-01; leave empty to begin at once.',
    }),
    untilDay: calendarDay().optional().meta({
      title: 'Until this day',
      description: 'The last day of the campaign; leave empty for no end.',
    }),
    period: z
      .enum(['calendar-month', 'days'])
      .default('calendar-month')
      .meta({
        title: 'Period',
        description: 'The calendar month, or a number of days up to today.',
        labels: { 'calendar-month': 'Calendar month', days: 'Number of days' },
      }),
    periodDays: days({ min: 1, max: PERIOD_MAX_DAYS }).default(30).meta({
      title: 'Days of the period',
      description: 'Only used when the period is a number of days; today counts as one.',
    }),
    givenAfterDays: days({ min: 1, max: AFTER_MAX_DAYS }).optional().meta({
      title: 'Given after days',
      description:
        'The bonus comes this many days after the deposit, if its invoice is still paid then; leave empty to give it at once. Most payments that are taken back are taken back within some weeks.',
    }),
    expiresAfterDays: days({ min: 1, max: EXPIRY_MAX_DAYS }).optional().meta({
      title: 'Expires after days',
      description:
        'The bonus can be used for this many days; leave empty when it does not expire. Turn on “Expiry of credit” too, which takes away what is left.',
    }),
    followsRefund: z.boolean().default(true).meta({
      title: 'Follow refunds',
      description:
        'When the deposit is refunded, takes back what the rest of it would not have earned, as far as it was not used.',
    }),
    takesUsedBonus: z.boolean().default(true).meta({
      title: 'Take a used bonus from its deposit',
      description:
        'What was used of a bonus that goes back is taken from what is left of the deposit’s own credit. Otherwise clients can use a bonus, ask for their money back, and begin again.',
    }),
    description: z.string().min(1).max(200).default('Deposit bonus').meta({
      title: 'Text in the credit log',
      description: 'Appears in WHMCS’s credit log; some addons show it to clients.',
    }),
  })
  .refine(({ fromDay, untilDay }) => !fromDay || !untilDay || fromDay <= untilDay, {
    path: ['untilDay'],
    error: 'A campaign does not end before it begins.',
  });

type Settings = z.output<typeof settings>;

export const depositBonus = defineRule({
  id: ID,
  title: 'Bonus on deposits',
  description:
    'Gives extra credit when a client adds funds: fixed or a percentage, by tiers and gateway, from the money actually received; for every deposit or the first one, always or in a campaign. Once per deposit, even when WHMCS reports it twice. Follows a refund of its deposit.',
  on: ['AddFunds', 'InvoiceRefunded'],
  needs: ['invoice', 'received', 'counters', 'grants', 'deposit', 'deposits'],
  settings,
  whenMoneyGoesBack: ({ followsRefund }) => (followsRefund ? 'by-rule' : 'stays'),
  givesAtMost,
  reach: {
    'client-form': 'enforced',
    'mass-payment': 'enforced',
    admin: 'enforced',
    api: 'enforced',
  },
  whmcsNeeds: [
    {
      setting: 'AddFundsEnabled',
      says: 'Clients cannot add funds, so there are no deposits for this rule.',
      remedy: 'Turn on “Clients may add funds” under WHMCS settings.',
    },
  ],

  decide({ event, facts, settings }) {
    if (event.name === 'InvoiceRefunded') return clawBack(facts, settings);
    const { currency } = facts.client;
    // A deposit paid with credit brings no money, so it earns nothing (whmcs.md §2.2).
    if (facts.receivedHundredths <= 0n) return [skip('No money was received for this deposit.')];
    const received = earning(facts);
    if (received <= 0n) {
      return [skip('All of it covers what the client owes for payments that were taken back.')];
    }
    const excluded = whyNot(event.localDate, event.data.invoiceId, facts, settings);
    if (excluded !== null) return [skip(excluded)];
    const gateway = gatewayOf(event.data.invoiceId, facts);
    const reached = highestTier(settings, received, currency, gateway);
    if (reached === undefined) {
      const by = settings.tiers.some(({ gateways }) => gateways.length > 0) ? ` by ${gateway}` : '';
      return [skip(`${displayAmount(received, currency)}${by} reaches no tier in this currency.`)];
    }
    const bonus = bonusOf(reached, received, currency);
    if (bonus === 0n) return [skip('This tier gives no bonus in this currency.')];
    const what = reached.percent === undefined ? 'a fixed bonus' : `${reached.percent} %`;
    return [
      propose.grant({
        fact: `${ID}:invoice:${event.data.invoiceId}`,
        amountHundredths: bonus,
        rounding: 'down',
        description: settings.description,
        expiresOn: lastDay(event.localDate, settings),
        afterDays: settings.givenAfterDays ?? 0,
        followsInvoiceId: event.data.invoiceId,
        givenAs: 'a bonus for the deposit of {invoice}',
        limits: caps(event.localDate, facts, settings),
        because: `${displayAmount(received, currency)} received for deposit #${event.data.invoiceId} earns ${what}${when(settings)}.`,
      }),
    ];
  },
});

/**
 * There may be any number of deposits in a day, so only the cap for the period is an end; a day may see the end of one period and
 * the beginning of the next.
 */
function givesAtMost({ tiers, capPerPeriod, period, periodDays }: Settings): GivesAtMost {
  const periods = period === 'calendar-month' || periodDays === 1 ? 2n : 1n;
  const earning = tiers.flatMap(({ from, fixed, percent }) =>
    Object.keys(from).filter((id) => percent !== undefined || fixed[Number(id)] !== undefined),
  );
  const most = earning.map((id) => {
    const cap = capPerPeriod[Number(id)];
    return [id, cap === undefined ? null : cap * periods] as const;
  });
  return Object.fromEntries(most);
}

/** Why no deposit of that day, or not this one, earns a bonus; null when it may. */
function whyNot(
  today: string,
  invoiceId: number,
  { deposits }: Facts,
  { onlyFirst, fromDay, untilDay }: Settings,
): string | null {
  // The day on which WHMCS told of the payment, in its own calendar.
  if (fromDay !== undefined && today < fromDay) return `The campaign begins on ${fromDay}.`;
  if (untilDay !== undefined && today > untilDay) return `The campaign ended on ${untilDay}.`;
  const earlier = deposits.find((one) => one.isFirst && one.invoiceId !== invoiceId);
  return onlyFirst && earlier !== undefined
    ? `Only the first deposit earns a bonus; that was #${earlier.invoiceId}.`
    : null;
}

/** The gateway that the money came by; the invoice's own where the payment names none. */
function gatewayOf(invoiceId: number, { deposits, invoice }: Facts): string {
  const paid = deposits.find((one) => one.invoiceId === invoiceId);
  return paid?.gateway || (invoice?.gateway ?? '');
}

/** Of the tiers for this gateway, the highest that the money reaches. */
function highestTier(settings: Settings, received: bigint, currency: Currency, gateway: string) {
  let highest: Settings['tiers'][number] | undefined;
  let highestFrom = -1n;
  for (const one of settings.tiers) {
    if (one.gateways.length > 0 && !one.gateways.includes(gateway)) continue;
    const from = amountFor(one.from, currency);
    if (from !== null && from <= received && from > highestFrom) {
      highest = one;
      highestFrom = from;
    }
  }
  return highest;
}

function bonusOf(reached: Settings['tiers'][number], received: bigint, currency: Currency): bigint {
  return reached.percent === undefined
    ? (amountFor(reached.fixed, currency) ?? 0n)
    : percentageOf(received, reached.percent, 'down');
}

/** Behind what a deposit earns. */
function when({ givenAfterDays }: Settings): string {
  return givenAfterDays === undefined
    ? ''
    : `, given after ${givenAfterDays} days while it is paid`;
}

/** The last day of use; the day on which it is given counts as the first. */
function lastDay(today: string, { expiresAfterDays, givenAfterDays }: Settings): string | null {
  if (expiresAfterDays === undefined) return null;
  return daysAfter(today, (givenAfterDays ?? 0) + expiresAfterDays - 1);
}

/** The part of the money that earns: not what the client owed before for payments that were taken back. */
function earning({ receivedHundredths, deposit }: Facts): bigint {
  return receivedHundredths - (deposit?.repaidHundredths ?? 0n);
}

/** Takes back the part of the bonus that the rest of the deposit does not earn. */
function clawBack(facts: Facts, settings: Settings): readonly Word[] {
  const { client, invoice, deposit } = facts;
  if (!settings.followsRefund) return [skip('A bonus stays when its deposit is refunded.')];
  if (invoice?.kind !== 'deposit') return [skip('The invoice is not a deposit.')];
  if (deposit === null) return [skip('The ledger cannot say yet what is left of the bonus.')];
  if (!deposit.followers.some((grant) => grant.rule === ID)) {
    return [skip('There is no bonus for this deposit.')];
  }
  const { currency } = client;
  const rest = earning(facts);
  const gateway = gatewayOf(invoice.id, facts);
  const reached = rest > 0n ? highestTier(settings, rest, currency, gateway) : undefined;
  const earned = reached === undefined ? 0n : bonusOf(reached, rest, currency);
  const taken = takeBack({
    rule: ID,
    deposit,
    earnedHundredths: () => earned,
    usedFromCredit: settings.takesUsedBonus,
    description: `${settings.description}: deposit #${invoice.id} was refunded`,
    because: `After the refund ${displayAmount(facts.receivedHundredths, currency)} is left of deposit #${invoice.id}, which earns ${displayAmount(earned, currency)}.`,
  });
  return taken.length > 0
    ? taken
    : [skip('What is left of the deposit has earned what is left of the bonus.')];
}

function caps(today: string, facts: Facts, settings: Settings): readonly Limit[] {
  const { currency } = facts.client;
  const limits: Limit[] = [];
  const perDeposit = amountFor(settings.capPerDeposit, currency);
  if (perDeposit !== null) {
    limits.push(
      limit({
        atMostHundredths: perDeposit,
        because: `A bonus is at most ${displayAmount(perDeposit, currency)} per deposit.`,
      }),
    );
  }
  const perPeriod = amountFor(settings.capPerPeriod, currency);
  if (perPeriod !== null) {
    const since = periodStart(today, settings);
    const { amountHundredths: given } = counted(facts.counters, 'grant', since);
    limits.push(
      limit({
        atMostHundredths: given < perPeriod ? perPeriod - given : 0n,
        // Two deposits decided together share the rest.
        budget: `since ${since}`,
        because: `Bonuses are at most ${displayAmount(perPeriod, currency)} since ${since}; ${displayAmount(given, currency)} was given.`,
      }),
    );
  }
  return limits;
}

/** The first day of the period that ends today. */
function periodStart(today: string, { period, periodDays }: Settings): string {
  if (period === 'calendar-month') return `${today.slice(0, 7)}-01`;
  return daysAfter(today, 1 - periodDays);
}
