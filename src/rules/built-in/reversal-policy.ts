import {
  type DepositFacts,
  days,
  daysAfter,
  defineRule,
  depositedHundredths,
  displayAmount,
  type Facts,
  gatewayNames,
  propose,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'reversal-policy';

/** Card schemes allow a chargeback for about half a year. */
const HOLD_MAX_DAYS = 365;
const SUBJECT_MAX = 200;
const MAIL_MAX = 5000;

const settings = z.object({
  gateways: gatewayNames().meta({
    title: 'Gateways whose reversals count',
    description: 'By WHMCS’s own names: those of the payments that were taken back. Empty: all.',
  }),
  freeze: z.boolean().default(true).meta({
    title: 'Freeze the client',
    description:
      'Nothing more is done for the client until an admin ends the freeze. That also stops what would be taken back or parked; WHMCS itself goes on.',
  }),
  holdDays: days({ min: 0, max: HOLD_MAX_DAYS }).default(30).meta({
    title: 'Days in which deposits wait',
    description:
      'The client’s deposits are set aside until so many days after the reversal, and then come back by themselves; 0: none waits.',
  }),
  hold: z
    .enum(['gateway', 'all'])
    .default('gateway')
    .meta({
      title: 'Which deposits wait',
      labels: { gateway: 'Those by the gateway of the reversed payment', all: 'All of them' },
    }),
  mailSubject: z.string().min(1).max(SUBJECT_MAX).default('Your payment was taken back').meta({
    title: 'Subject of the mail',
  }),
  mailText: z.string().max(MAIL_MAX).default('').meta({
    title: 'Mail to the client',
    description: 'Empty: no mail. A client who is frozen gets none.',
    control: 'long-text',
  }),
});

type Settings = z.output<typeof settings>;

export const reversalPolicy = defineRule({
  id: ID,
  title: 'Reversed payments',
  description:
    'When a deposit is taken back, such as by a chargeback: tells the admins, freezes the client, and sets the client’s later deposits aside for some days. WHMCS takes the credit of the payment itself.',
  on: ['PaymentReversed', 'AddFunds'],
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
    return event.name === 'AddFunds'
      ? park(facts, event.localDate, settings)
      : reversed(event.data, facts, settings);
  },
});

/** Tells, freezes and mails, once for each payment that was taken back. */
function reversed(
  { entry, invoiceId }: { readonly entry: bigint; readonly invoiceId: number | null },
  facts: Facts,
  { gateways, freeze, holdDays, hold, mailSubject, mailText }: Settings,
): readonly Word[] {
  const deposit = facts.deposits.find((one) => one.invoiceId === invoiceId);
  const gateway = deposit?.gateway ?? facts.invoice?.gateway ?? '';
  if (gateways.length > 0 && !gateways.includes(gateway)) {
    return [skip(`Reversals by ${gateway === '' ? 'an unknown gateway' : gateway} do not count.`)];
  }
  const { client, deposit: credit } = facts;
  const about = invoiceId === null ? `entry:${entry}` : `invoice:${invoiceId}`;
  const payment = invoiceId === null ? 'A payment' : `The payment of invoice #${invoiceId}`;
  const by = gateway === '' ? '' : ` by ${gateway}`;
  const because = `${payment}${by} was taken back.`;
  const isFrozen = freeze || client.frozenBecause !== null;
  const waits = hold === 'all' ? 'Deposits' : `Deposits by ${gateway}`;
  const follows = [
    because,
    isFrozen ? `Client #${client.id} is frozen until an admin ends that.` : '',
    isFrozen ? bonusesStay(credit, client) : '',
    holdDays > 0 && deposit !== undefined
      ? `${waits} wait for ${holdDays === 1 ? 'a day' : `${holdDays} days`}.`
      : '',
  ];
  const told = propose.notify({
    fact: `${ID}:told:${about}`,
    level: 'warning',
    text: follows.filter(Boolean).join(' '),
    because,
  });
  if (freeze) {
    return [propose.freeze({ fact: `${ID}:freeze:${about}`, reason: because, because }), told];
  }
  if (mailText === '') return [told];
  const mail = propose.mail({
    fact: `${ID}:mail:${about}`,
    mail: { subject: mailSubject, text: mailText, about: 'general', id: client.id },
    because,
  });
  return [told, mail];
}

/** What was given for the payment goes back by a command, and nothing runs for a frozen client. */
function bonusesStay(credit: DepositFacts | null, { currency }: Facts['client']): string {
  const left = (credit?.followers ?? []).reduce((sum, one) => sum + one.remainingHundredths, 0n);
  if (left === 0n) return '';
  return `${displayAmount(left, currency)} that was given for it stays usable in WHMCS until then.`;
}

/** Parks a deposit that comes within the days after a reversal. */
function park(
  facts: Facts,
  today: string,
  { gateways, holdDays, hold }: Settings,
): readonly Word[] {
  const { invoice, deposits } = facts;
  if (invoice === null) return [skip('There is no invoice.')];
  const reversals = deposits
    .filter(({ gateway }) => gateways.length === 0 || gateways.includes(gateway))
    .filter(({ gateway }) => hold === 'all' || gateway === invoice.gateway)
    .flatMap(({ invoiceId, reversedOn }) =>
      reversedOn === null ? [] : { invoiceId, lastDay: daysAfter(reversedOn, holdDays - 1) },
    )
    .filter(({ lastDay }) => lastDay >= today)
    .toSorted((a, b) => (a.lastDay < b.lastDay ? 1 : -1));
  const [newest] = reversals;
  if (newest === undefined) return [skip('No reversal makes this deposit wait.')];
  const { invoiceId, lastDay } = newest;
  return [
    propose.park({
      // As where the deposit is held for another reason: then it waits for both.
      fact: `parked-deposit:invoice:${invoice.id}`,
      amountHundredths: depositedHundredths(facts),
      from: { is: 'payment', invoiceId: invoice.id },
      reason: `An earlier payment was taken back. Deposit #${invoice.id} can be used after ${lastDay}.`,
      untilOn: lastDay,
      because: `The payment of invoice #${invoiceId} was taken back, so deposits wait until ${lastDay}.`,
    }),
  ];
}
