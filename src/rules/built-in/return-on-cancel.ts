import {
  byHandOnly,
  days,
  defineRule,
  eligibleLines,
  type Facts,
  type InvoiceFacts,
  outOfScope,
  propose,
  type Scope,
  scope,
  skip,
  type Word,
  z,
} from '@creditbridge/rules';

const ID = 'return-on-cancel';

/** Nobody leaves an invoice open for years on purpose. */
const STALE_MAX_DAYS = 1095;

const settings = z.object({
  onCancelled: z.boolean().default(true).meta({
    title: 'From cancelled invoices',
    description: 'The client’s credit on an invoice comes back when the invoice is cancelled.',
  }),
  staleDays: days({ min: 0, max: STALE_MAX_DAYS }).default(0).meta({
    title: 'From invoices that stay unpaid for days',
    description:
      'After the due date. The invoice stays open and asks for the whole amount again; no rule puts credit on it any more. 0: never.',
  }),
  scope: scope(),
});

type Settings = z.output<typeof settings>;

export const returnOnCancel = defineRule({
  id: ID,
  title: 'Credit of cancelled invoices',
  description:
    'Gives the client’s credit back from invoices that are cancelled or stay unpaid, once, as it was. Where it is not proven that this version of WHMCS allows it, the admins are told what to do by hand.',
  on: ['InvoiceCancelled', 'DueInvoice'],
  needs: ['invoice', 'lines', 'creditOn', 'grants'],
  settings,
  // Only the client's own credit comes back.
  givesAtMost: () => ({}),
  reach: { run: 'enforced', admin: 'enforced', api: 'enforced' },

  decide({ event, facts, settings }) {
    const { invoice } = facts;
    if (invoice === null) return [skip('There is no invoice.')];
    // Most invoices of a run are none of its business: to say so of each would cost a row.
    if (event.name === 'DueInvoice' && !mayBeStale(-event.data.daysToDue, facts, settings))
      return [];
    const excluded = whyOut(settings.scope, facts, invoice);
    if (excluded !== null) return [skip(excluded)];
    if (event.name === 'InvoiceCancelled') {
      if (!settings.onCancelled) return [skip('Credit stays on cancelled invoices.')];
      if (invoice.status !== 'Cancelled') {
        return [skip(`The invoice is ${invoice.status}, not Cancelled.`)];
      }
      // Opened, paid with credit and cancelled again, it gives that back, too.
      const fact = `${ID}:cancelled:${invoice.id}:${facts.creditOn?.lastEntry ?? 0n}`;
      return [giveBack(fact, invoice, facts, 'The invoice was cancelled.')];
    }
    // Once for each invoice: credit that somebody puts on it again afterwards is meant to stay.
    const because = `The invoice is unpaid ${-event.data.daysToDue} days after its due date.`;
    return [giveBack(`${ID}:stale:${invoice.id}`, invoice, facts, because)];
  },
});

function mayBeStale(daysOverdue: number, { creditOn }: Facts, { staleDays }: Settings): boolean {
  const hasCredit = creditOn !== null && creditOn.leftHundredths > 0n;
  return staleDays > 0 && daysOverdue >= staleDays && hasCredit;
}

function whyOut(scope: Scope, { client }: Facts, invoice: InvoiceFacts): string | null {
  const excluded = outOfScope(scope, client, invoice);
  if (excluded !== null) return excluded;
  const noneOfThem = invoice.lines.length > 0 && eligibleLines(scope, invoice).length === 0;
  return noneOfThem ? 'The rule is for none of the invoice’s lines.' : null;
}

function giveBack(fact: string, invoice: InvoiceFacts, facts: Facts, because: string): Word {
  const { client, creditOn, ledger } = facts;
  if (creditOn === null || creditOn.leftHundredths <= 0n) {
    return skip('No credit of the client is on the invoice.');
  }
  // WHMCS may have given it back a moment ago: nobody is told before that is known.
  if (ledger === null || ledger.balanceHundredths !== client.creditHundredths) {
    return skip('The ledger has not seen every movement yet.');
  }
  const byHand = byHandOnly(facts, creditOn.leftHundredths);
  if (byHand === null) return propose.return({ fact, invoiceId: invoice.id, because });
  return propose.notify({
    fact: `${fact}:by-hand`,
    level: 'warning',
    text: `Credit of the client is on invoice #${invoice.id}. ${because} ${byHand}`,
    because,
  });
}
