import {
  days,
  daysAfter,
  defineRule,
  depositedHundredths,
  type Facts,
  type InvoiceFacts,
  propose,
  skip,
  z,
} from '@creditbridge/rules';

const ID = 'deposit-hold';

/** A longer wait protects nobody: card schemes allow a chargeback for about half a year. */
const HOLD_MAX_DAYS = 365;
const NEW_MAX_DAYS = 3650;
const DEPOSITS_MAX = 100;
const GATEWAYS_MAX = 50;

const settings = z.object({
  newForDays: days({ min: 0, max: NEW_MAX_DAYS }).default(30).meta({
    title: 'New for days',
    description:
      'Deposits of clients who came less than this many days ago wait; 0: no client is new.',
  }),
  newForDeposits: z.int().min(0).max(DEPOSITS_MAX).default(0).meta({
    title: 'New for deposits',
    description:
      'Deposits of clients wait until so many others were paid and not taken back; 0: their number does not matter.',
  }),
  gateways: z.array(z.string().min(1).max(100)).max(GATEWAYS_MAX).default([]).meta({
    title: 'Gateways whose deposits always wait',
    description:
      'By WHMCS’s own names, such as paypal: those of the deposit’s invoice. Empty: none, so only new clients wait.',
  }),
  waitDays: days({ min: 1, max: HOLD_MAX_DAYS }).default(14).meta({
    title: 'Days to wait',
    description: 'A deposit of today can be used after this many days.',
  }),
});

type Settings = z.output<typeof settings>;

export const depositHold = defineRule({
  id: ID,
  title: 'Deposits that wait',
  description:
    'Sets the deposits of new clients, or by certain gateways, aside for some days: they come back by themselves. A reversal meanwhile takes exactly what was set aside.',
  on: ['AddFunds'],
  needs: ['invoice', 'received', 'deposit', 'deposits'],
  settings,
  givesAtMost: () => ({}),
  reach: {
    'client-form': 'enforced',
    'mass-payment': 'enforced',
    admin: 'enforced',
    api: 'enforced',
  },

  decide({ event, facts, settings }) {
    const { invoice } = facts;
    if (invoice === null) return [skip('There is no invoice.')];
    const why = whyItWaits(facts, invoice, event.localDate, settings);
    if (why === null) return [skip('Neither the client nor the gateway makes this deposit wait.')];
    const { waitDays } = settings;
    const last = daysAfter(event.localDate, waitDays - 1);
    const waits = waitDays === 1 ? 'one day' : `${waitDays} days`;
    return [
      propose.park({
        // As where the deposit is held for another reason: then it waits for both.
        fact: `parked-deposit:invoice:${invoice.id}`,
        amountHundredths: depositedHundredths(facts),
        from: { is: 'payment', invoiceId: invoice.id },
        reason: `${why.told} Deposit #${invoice.id} can be used after ${waits}.`,
        untilOn: last,
        because: `${why.because} The deposit waits ${waits}.`,
      }),
    ];
  },
});

interface Reason {
  /** For the client, too. */
  readonly told: string;
  readonly because: string;
}

function whyItWaits(
  { client: { createdOn }, deposits }: Facts,
  { id, gateway }: InvoiceFacts,
  today: string,
  { newForDays, newForDeposits, gateways }: Settings,
): Reason | null {
  if (gateways.includes(gateway)) {
    const told = 'Payments in this way can be taken back for some time.';
    return { told, because: `Deposits by ${gateway} wait.` };
  }
  const told = 'The first deposits of a new account wait some days.';
  // A client whose first day nobody knows is an old one, from before WHMCS noted it.
  if (createdOn !== null && createdOn > daysAfter(today, -newForDays)) {
    return { told, because: `Client since ${createdOn}, less than ${newForDays} days.` };
  }
  const others = deposits.filter((one) => one.invoiceId !== id && one.reversedHundredths === 0n);
  if (others.length >= newForDeposits) return null;
  return {
    told,
    because: `${others.length} other deposits were paid, fewer than ${newForDeposits}.`,
  };
}
