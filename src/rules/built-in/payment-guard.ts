import {
  defineRule,
  displayAmount,
  type Facts,
  type InvoiceFacts,
  type PaymentFacts,
  propose,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'payment-guard';

/** Payments further apart than half a day are two payments. */
const MINUTES_MAX = 720;
const TIMES_MAX = 1000;
const GATEWAYS_MAX = 50;
const MINUTE_MS = 60_000;

const settings = z.object({
  sameWithinMinutes: z.int().min(0).max(MINUTES_MAX).default(5).meta({
    title: 'The same again within minutes',
    description:
      'A second payment of the same client, amount and gateway within so many minutes is held, whatever its transaction id; 0: never.',
  }),
  surplusTimes: z.int().min(0).max(TIMES_MAX).default(3).meta({
    title: 'Surplus of more than times the invoice',
    description:
      'What is paid beyond the invoice is held if it is more than so many times the invoice; 0: never.',
  }),
  gateways: z.array(z.string().min(1).max(100)).max(GATEWAYS_MAX).default([]).meta({
    title: 'Gateways whose surplus is held',
    description:
      'By WHMCS’s own names: what they pay beyond an invoice is held, however small, because it is no money of the client’s, such as a fee or a figure of another currency.',
  }),
});

type Settings = z.output<typeof settings>;

export const paymentGuard = defineRule({
  id: ID,
  title: 'Payments that look wrong',
  description:
    'Sets credit aside that came of a payment told twice, of far too much, or by a gateway whose surplus is no money of the client’s, until an admin decides, and tells the admins.',
  on: ['AddInvoicePayment', 'InvoicePaid'],
  needs: ['invoice', 'payments'],
  settings,
  givesAtMost: () => ({}),
  reach: {
    'client-form': 'enforced',
    'mass-payment': 'enforced',
    admin: 'enforced',
    api: 'enforced',
  },

  decide({ facts, settings }) {
    const { invoice, payments } = facts;
    if (invoice === null) return [skip('There is no invoice.')];
    const words = payments
      .filter(({ invoiceId }) => invoiceId === invoice.id)
      .flatMap((payment) => judge(payment, invoice, facts, settings));
    return words.length === 0 ? [skip('Nothing about its payments looks wrong.')] : words;
  },
});

/** What is wrong with one payment, and what is held of it. */
interface Doubt {
  /** The same name as where the host finds it by itself, so that one payment is held once. */
  readonly fact: string;
  readonly heldHundredths: bigint;
  readonly because: string;
}

function judge(
  payment: PaymentFacts,
  invoice: InvoiceFacts,
  facts: Facts,
  settings: Settings,
): readonly Word[] {
  const doubt =
    repeated(payment, invoice, facts, settings) ?? surplus(payment, invoice, facts, settings);
  if (doubt === undefined) return [];
  const { fact, heldHundredths, because } = doubt;
  const show = (hundredths: bigint) => displayAmount(hundredths, facts.client.currency);
  const follows =
    heldHundredths > 0n
      ? `${show(heldHundredths)} of credit is set aside until somebody decides.`
      : 'Nothing of it became credit; look at the gateway.';
  const told = propose.notify({
    fact: `${ID}:told:${payment.id}`,
    level: 'warning',
    text: `${because} ${follows}`,
    because,
  });
  if (heldHundredths === 0n) return [told];
  const park = propose.park({
    fact,
    amountHundredths: heldHundredths,
    from: { is: 'payment', invoiceId: invoice.id },
    reason: `A payment of ${show(payment.amountHundredths)} for invoice #${invoice.id} is being checked.`,
    because,
  });
  return [park, told];
}

/** A payment like an earlier one. What it pays of an invoice stays there. */
function repeated(
  payment: PaymentFacts,
  invoice: InvoiceFacts,
  { payments, client }: Facts,
  { sameWithinMinutes }: Settings,
): Doubt | undefined {
  const first = payments.find(
    (one) =>
      one.id < payment.id &&
      one.gateway === payment.gateway &&
      one.amountHundredths === payment.amountHundredths &&
      minutesBetween(one, payment) <= sameWithinMinutes,
  );
  if (sameWithinMinutes === 0 || first === undefined) return undefined;
  const isDeposit = invoice.kind === 'deposit' && payment.surplusHundredths === 0n;
  return {
    fact: isDeposit ? `parked-deposit:invoice:${invoice.id}` : `repeated-payment:${payment.id}`,
    heldHundredths: isDeposit ? payment.amountHundredths : payment.surplusHundredths,
    because: `${displayAmount(payment.amountHundredths, client.currency)} by ${payment.gateway} for invoice #${invoice.id} came within ${sameWithinMinutes} minutes of the same for invoice #${first.invoiceId}.`,
  };
}

/** Far too much, or a surplus that is no money of the client's. */
function surplus(
  { id, gateway, surplusHundredths, amountHundredths }: PaymentFacts,
  invoice: InvoiceFacts,
  { client }: Facts,
  { surplusTimes, gateways }: Settings,
): Doubt | undefined {
  const { grossHundredths: gross } = invoice;
  if (surplusHundredths === 0n) return undefined;
  const show = (hundredths: bigint) => displayAmount(hundredths, client.currency);
  const paid = `${show(amountHundredths)} by ${gateway} for invoice #${invoice.id} over ${show(gross)} leaves ${show(surplusHundredths)}`;
  const isFar = surplusTimes > 0 && gross > 0n && surplusHundredths > gross * BigInt(surplusTimes);
  if (!isFar && !gateways.includes(gateway)) return undefined;
  return {
    fact: `surplus:${id}`,
    heldHundredths: surplusHundredths,
    because: isFar
      ? `${paid}, more than ${surplusTimes} times the invoice.`
      : `${paid}, and the surplus of this gateway is no money of the client’s.`,
  };
}

/** WHMCS writes both times by the same clock; across the hour that a clock is set back they may be an hour off. */
function minutesBetween(one: PaymentFacts, other: PaymentFacts): number {
  const at = ({ receivedAt }: PaymentFacts) => Date.parse(`${receivedAt.replace(' ', 'T')}Z`);
  return Math.abs(at(other) - at(one)) / MINUTE_MS;
}
