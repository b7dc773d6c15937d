import {
  byHandOnly,
  days,
  daysAfter,
  defineRule,
  displayAmount,
  eligibleLines,
  type Facts,
  type InvoiceFacts,
  outOfScope,
  percent,
  percentageOf,
  propose,
  roundToCurrency,
  type Scope,
  scope,
  shareOf,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'refund-to-credit';

/** Ten years: nobody refunds an older invoice. */
const WINDOW_MAX_DAYS = 3650;
/** Ten years; a longer expiry has no effect in practice. */
const EXPIRY_MAX_DAYS = 3650;

const settings = z.object({
  percent: percent()
    .refine((text) => Number(text) <= 100, { error: 'At most all of it, 100 %, comes back.' })
    .default('100')
    .meta({
      title: 'How much of it comes back',
      description:
        'Of the client’s credit that paid a part of the invoice. What came back from it before counts.',
    }),
  withinDays: days({ min: 0, max: WINDOW_MAX_DAYS }).default(0).meta({
    title: 'Only when refunded within days',
    description:
      'Counted from the day on which the invoice was paid. Later refunds bring no credit back; 0: every refund does.',
  }),
  as: z
    .enum(['as-it-was', 'promotional'])
    .default('as-it-was')
    .meta({
      title: 'As which credit',
      description:
        'As it was: to the grants that paid, the last one used first, each with its kind and last day. As promotional credit: as one new grant, which is never paid out.',
      labels: { 'as-it-was': 'As it was', promotional: 'As promotional credit' },
    }),
  expiresAfterDays: days({ min: 1, max: EXPIRY_MAX_DAYS }).optional().meta({
    title: 'Promotional credit expires after days',
    description: 'Only used when it comes back as promotional credit; leave empty for no last day.',
  }),
  inPart: z.boolean().default(true).meta({
    title: 'When a part is refunded, too',
    description:
      'Then the same part of the credit comes back. WHMCS keeps such an invoice Paid, so the admins are told what to do by hand.',
  }),
  scope: scope(),
});

type Settings = z.output<typeof settings>;

export const refundToCredit = defineRule({
  id: ID,
  title: 'Credit of refunded invoices',
  description:
    'When the money of an invoice is refunded, gives the credit back that paid the rest of it: all or a part, as it was or as promotional credit. WHMCS itself refunds only the money. Where a command may not do it, the admins are told what to do by hand.',
  on: ['InvoiceRefunded'],
  needs: ['invoice', 'lines', 'creditOn', 'grants', 'refunds'],
  settings,
  // Only the client's own credit comes back.
  givesAtMost: () => ({}),
  reach: { admin: 'enforced' },

  decide({ event, facts, settings }) {
    const { invoice } = facts;
    if (invoice === null) return [skip('There is no invoice.')];
    const refund = refundOf(facts, invoice, event.localDate);
    const excluded = whyNot(facts, invoice, refund, settings);
    return excluded === null ? giveBack(facts, invoice, refund, settings) : [skip(excluded)];
  },
});

interface Refund {
  /** All money that came, and what went back of it, to the payer or to the client's credit. */
  readonly moneyHundredths: bigint;
  readonly backHundredths: bigint;
  readonly isWhole: boolean;
  /** The day of the newest refund. */
  readonly on: string;
  /** Names the newest refund. */
  readonly newest: string;
}

function refundOf({ refunds, creditOn }: Facts, invoice: InvoiceFacts, today: string): Refund {
  const byRows = refunds.reduce((sum, one) => sum + one.amountHundredths, 0n);
  const money = invoice.paidHundredths + byRows;
  // A refund to credit is a row, too, or it is not (whmcs.md §8.15): the larger sum has both.
  const toCredit = creditOn?.refundedToCreditHundredths ?? 0n;
  const back = byRows > toCredit ? byRows : toCredit;
  return {
    moneyHundredths: money,
    backHundredths: back,
    isWhole: invoice.status === 'Refunded' || (back > 0n && back >= money),
    on: refunds.at(-1)?.refundedOn ?? today,
    newest: `${refunds.at(-1)?.id ?? 0}:${toCredit}`,
  };
}

/** Why no credit comes back for that refund, whatever is on the invoice; null when some may. */
function whyNot(
  { client }: Facts,
  invoice: InvoiceFacts,
  refund: Refund,
  { scope, withinDays, inPart }: Settings,
): string | null {
  const { kind, status, paidOn } = invoice;
  if (kind !== 'ordinary') return `Invoice #${invoice.id} is a ${kind}: it pays for credit.`;
  // What is on an unpaid invoice still counts; what is on a cancelled one is for another rule.
  if (!['Paid', 'Refunded', 'Collections'].includes(status)) return `The invoice is ${status}.`;
  if (!refund.isWhole && refund.backHundredths <= 0n) return 'No money of the invoice went back.';
  if (!refund.isWhole && !inPart) return 'Only a part of the money went back.';
  if (withinDays > 0) {
    if (paidOn === null) return 'WHMCS does not say when the invoice was paid.';
    const lastDay = daysAfter(paidOn, withinDays);
    if (refund.on > lastDay) {
      return `The invoice was paid on ${paidOn}; refunds until ${lastDay} bring credit back, and this one is of ${refund.on}.`;
    }
  }
  return outOfScope(scope, client, invoice) ?? whyNoLine(scope, invoice);
}

function whyNoLine(scope: Scope, invoice: InvoiceFacts): string | null {
  const noneOfThem = invoice.lines.length > 0 && eligibleLines(scope, invoice).length === 0;
  return noneOfThem ? 'The rule is for none of the invoice’s lines.' : null;
}

function giveBack(
  facts: Facts,
  invoice: InvoiceFacts,
  refund: Refund,
  settings: Settings,
): readonly Word[] {
  const { client, creditOn, ledger } = facts;
  if (creditOn === null) return [skip('No credit of the client paid the invoice.')];
  // WHMCS may have given it back a moment ago: nobody is told before that is known.
  if (ledger === null || ledger.balanceHundredths !== client.creditHundredths) {
    return [skip('The ledger has not seen every movement yet.')];
  }
  const due = dueOf(facts, refund, settings);
  if (due <= 0n) return [skip('All of the credit that is to come back has come back.')];
  const show = (hundredths: bigint) => displayAmount(hundredths, client.currency);
  const part = `${show(refund.backHundredths)} of ${show(refund.moneyHundredths)} for invoice #${invoice.id} went back`;
  const went = refund.isWhole ? `Invoice #${invoice.id} was refunded` : part;
  const of = refund.isWhole ? '' : ' of that share';
  const because = `${went}; ${show(creditOn.putHundredths)} of credit had paid for it, and ${settings.percent} %${of} comes back.`;
  const fact = `${ID}:${invoice.id}:${refund.newest}`;
  // Credit that may have come back already is for nobody to add by hand: the host says why it refuses the proposal.
  const byHand = creditOn.mayBeBack === null ? byHandOnly(facts, due) : null;
  if (byHand === null) {
    const as = asPromotional(settings, refund);
    return [propose.return({ fact, invoiceId: invoice.id, atMostHundredths: due, as, because })];
  }
  const perhaps = invoice.status === 'Collections' ? ` ${PERHAPS_A_CHARGEBACK}` : '';
  return [
    propose.notify({
      fact: `${fact}:by-hand`,
      level: 'warning',
      text: `${because} ${show(due)} is left to give back.${perhaps} ${byHand}`,
      because,
    }),
  ];
}

const PERHAPS_A_CHARGEBACK =
  'Collections may also mean a chargeback: after one, leave the credit where it is.';

/** What is to come back of all credit that was put on the invoice, less what came back in any way. */
function dueOf({ client, creditOn }: Facts, refund: Refund, settings: Settings): bigint {
  if (creditOn === null) return 0n;
  const { putHundredths, leftHundredths, refundedToCreditHundredths } = creditOn;
  const { isWhole, backHundredths, moneyHundredths } = refund;
  const wanted = percentageOf(putHundredths, settings.percent, 'down');
  const share = isWhole ? wanted : shareOf(wanted, backHundredths, moneyHundredths, 'down');
  const came = putHundredths - leftHundredths;
  // WHMCS refunded more to the client's credit than money had come: that was this credit.
  const beyond = refundedToCreditHundredths - moneyHundredths;
  const due = share - came - (beyond > 0n ? beyond : 0n);
  if (due <= 0n) return 0n;
  return due < leftHundredths ? roundToCurrency(due, client.currency.decimals, 'down') : due;
}

function asPromotional({ as, expiresAfterDays }: Settings, { on }: Refund) {
  if (as === 'as-it-was') return null;
  const expiresOn = expiresAfterDays === undefined ? null : daysAfter(on, expiresAfterDays - 1);
  return { kind: 'promotional', expiresOn } as const;
}
