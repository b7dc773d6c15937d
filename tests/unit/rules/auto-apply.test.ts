import { describe, expect, it } from 'vitest';
import { autoApply } from '../../../src/rules/built-in/auto-apply.ts';
import type { Question, Said } from '../../../src/rules/engine/index.ts';
import type { ClientFacts, Facts, InvoiceFacts, Word } from '../../../src/rules/index.ts';
import { settle } from '../../../src/rules/settle/index.ts';
import {
  aClient,
  aLine,
  anEvent,
  anInvoice,
  aService,
  askRule,
  someFacts,
  YEN,
} from '../../../src/rules/testing.ts';
import { wordsSchema } from '../../../src/rules/word-schema.ts';
import { says } from './settling.ts';

const RICH: Partial<ClientFacts> = { creditHundredths: 1500n };

function facts(invoice: Partial<InvoiceFacts> = {}, client: Partial<ClientFacts> = RICH): Facts {
  return someFacts({ client: aClient(client), invoice: anInvoice(invoice) });
}

const created = anEvent('InvoiceCreated', { invoiceid: 9 });
const checkoutOver = anEvent('AfterShoppingCartCheckout', { OrderID: 4, InvoiceID: 9 });
const due = (daysToDue: number) =>
  anEvent('DueInvoice', { invoiceId: 9, daysToDue }, { answer: 'run' });

/** The facts that are to be answered by applying credit. */
function applied(words: readonly Word[]): readonly string[] {
  return words.flatMap((word) =>
    word.say === 'propose' && word.effect.kind === 'apply' ? [word.fact] : [],
  );
}

function reasons(words: readonly Word[]): readonly string[] {
  return words.flatMap((word) => (word.say === 'skip' ? [word.because] : []));
}

describe('at creation', () => {
  it('applies credit to a new invoice, once', () => {
    const words = askRule(autoApply, { event: created, facts: facts() });
    expect(applied(words)).toEqual(['auto-apply:invoice:9:created']);
  });

  it('does nothing when the admin does not want that', () => {
    const words = askRule(autoApply, {
      event: created,
      facts: facts(),
      settings: { atCreation: false },
    });
    expect(reasons(words)).toEqual(['Credit is not applied when invoices are created.']);
  });

  it.each<[string, Partial<InvoiceFacts>, Partial<ClientFacts>]>([
    ['A deposit is not paid with credit.', { kind: 'deposit' }, RICH],
    ['A mass payment is not paid with credit.', { kind: 'mass-payment' }, RICH],
    ['The invoice is Draft, not Unpaid.', { status: 'Draft' }, RICH],
    ['The invoice is Paid, not Unpaid.', { status: 'Paid' }, RICH],
    ['Nothing is left to pay.', { paidHundredths: 2000n }, RICH],
    ['The client has no credit to spend.', {}, { creditHundredths: 0n }],
    ['The client has no credit to spend.', {}, { creditHundredths: 500n, heldHundredths: 500n }],
    [
      'The client chose at checkout to keep the credit; that choice stands for this invoice.',
      { orderId: 4, choice: 'keep' },
      RICH,
    ],
    [
      'Credit was taken off this invoice by hand, or somebody said to leave it alone: it stays off.',
      { keptOff: true },
      RICH,
    ],
    [
      'The invoice belongs to an order whose checkout is not over; it is asked again then.',
      { orderId: 4 },
      RICH,
    ],
  ])('skips: %s', (reason, invoice, client) => {
    const words = askRule(autoApply, { event: created, facts: facts(invoice, client) });
    expect(reasons(words)).toEqual([reason]);
  });

  it('applies to the invoice of an order once its checkout is over', () => {
    const ask = (invoice: Partial<InvoiceFacts>) =>
      askRule(autoApply, { event: checkoutOver, facts: facts({ orderId: 4, ...invoice }) });
    expect(applied(ask({}))).toEqual(['auto-apply:invoice:9:created']);
    expect(applied(ask({ choice: 'use' }))).toEqual(['auto-apply:invoice:9:created']);
    expect(applied(ask({ choice: 'keep' }))).toEqual([]);
  });

  it('keeps the reserve of the client’s currency and no other', () => {
    const settings = { reserve: { 1: '15.00', 3: '1000' } };
    const dollars = askRule(autoApply, { event: created, facts: facts(), settings });
    expect(reasons(dollars)).toEqual(['The client has no credit above the reserve.']);
    const less = askRule(autoApply, {
      event: created,
      facts: facts(),
      settings: { reserve: { 1: '14.99', 3: '1000' } },
    });
    expect(less[0]).toMatchObject({ effect: { reserveHundredths: 1499n } });
    const other = askRule(autoApply, {
      event: created,
      facts: facts(),
      settings: { reserve: { 2: '15.00' } },
    });
    expect(other[0]).toMatchObject({ effect: { reserveHundredths: 0n } });
    const yen = askRule(autoApply, {
      event: created,
      facts: facts({}, { ...RICH, currency: YEN }),
      settings,
    });
    expect(reasons(yen)).toEqual(['The client has no credit above the reserve.']);
  });

  it('hands its wishes on to the host', () => {
    const words = askRule(autoApply, {
      event: created,
      facts: facts(),
      settings: { coverage: 'whole-only', smallestRest: { 1: '1.00' }, withoutPaymentMail: true },
    });
    expect(words[0]).toMatchObject({
      effect: {
        wholeOnly: true,
        smallestRestHundredths: 100n,
        noEmail: true,
        atMostHundredths: null,
      },
    });
  });

  it.each(['8.13.1', '9.0.5'])('knows WHMCS %s', (whmcsVersion) => {
    const event = anEvent('InvoiceCreated', { invoiceid: 9 }, { whmcsVersion });
    expect(applied(askRule(autoApply, { event, facts: facts() }))).toHaveLength(1);
  });

  it.each(['7.10.2', '10.0.0', ''])('leaves WHMCS %j alone', (whmcsVersion) => {
    const event = anEvent('InvoiceCreated', { invoiceid: 9 }, { whmcsVersion });
    const words = askRule(autoApply, { event, facts: facts() });
    expect(words).toHaveLength(1);
    expect(reasons(words)[0]).toContain('does not know WHMCS');
  });
});

describe('on the due date', () => {
  it('applies on the day and every day after, each day anew', () => {
    expect(applied(askRule(autoApply, { event: due(0), facts: facts() }))).toEqual([
      'auto-apply:invoice:9:due:2026-11-22',
    ]);
    expect(applied(askRule(autoApply, { event: due(-40), facts: facts() }))).toHaveLength(1);
    expect(reasons(askRule(autoApply, { event: due(1), facts: facts() }))).toEqual([
      'For this rule the invoice is due in one day.',
    ]);
  });

  it('applies some days before or after', () => {
    const ask = (daysToDue: number, dueOffsetDays: number) =>
      applied(
        askRule(autoApply, { event: due(daysToDue), facts: facts(), settings: { dueOffsetDays } }),
      ).length;
    expect([ask(3, -3), ask(4, -3)]).toEqual([1, 0]);
    expect([ask(-3, 3), ask(-2, 3)]).toEqual([1, 0]);
  });

  it('does nothing when the admin does not want that', () => {
    const words = askRule(autoApply, {
      event: due(0),
      facts: facts(),
      settings: { onDueDate: false },
    });
    expect(reasons(words)).toEqual(['Credit is not applied on the due date.']);
  });

  it('respects what the client chose at checkout, and does not wait for a checkout long past', () => {
    const ask = (choice: 'keep' | 'use' | null) =>
      applied(askRule(autoApply, { event: due(0), facts: facts({ orderId: 4, choice }) })).length;
    expect([ask('keep'), ask('use'), ask(null)]).toEqual([0, 1, 1]);
  });

  it('asks the run for invoices as early as its days before', () => {
    const within = (settings: object) =>
      autoApply.dueWithinDays?.(autoApply.settings.parse(settings));
    expect(within({ dueOffsetDays: -3 })).toBe(3);
    expect(within({ dueOffsetDays: 3 })).toBe(0);
    expect(within({ dueOffsetDays: -3, onDueDate: false })).toBe(0);
  });
});

describe('when credit arrives', () => {
  const arrived = anEvent('AddFunds', { invoiceId: 812 });

  it('pays the oldest when there are more open invoices than one answer can hold', () => {
    const openInvoices = Array.from({ length: 1200 }, (_, index) => anInvoice({ id: index + 1 }));
    const words = askRule(autoApply, {
      event: arrived,
      facts: { ...facts(), openInvoices },
      settings: { whenCreditArrives: true },
    });
    expect(applied(words)[0]).toBe('auto-apply:invoice:1:arrived:invoice-812');
    expect(wordsSchema.safeParse(words).success).toBe(true);
  });

  const open = [
    anInvoice({ id: 8, dueOn: '2026-11-01' }),
    anInvoice({ id: 9 }),
    anInvoice({ id: 10, orderId: 4, choice: 'keep' }),
  ];
  const client = aClient(RICH);

  it('proposes every open invoice the client did not exempt, naming where the credit came from', () => {
    const words = askRule(autoApply, {
      event: arrived,
      facts: someFacts({ client, openInvoices: open }),
      settings: { whenCreditArrives: true },
    });
    expect(applied(words)).toEqual([
      'auto-apply:invoice:8:arrived:invoice-812',
      'auto-apply:invoice:9:arrived:invoice-812',
    ]);
    const overpaid = askRule(autoApply, {
      event: anEvent('BalanceChanged', { entry: 55n, kind: 'overpayment' }),
      facts: someFacts({ client, openInvoices: open.slice(1, 2) }),
      settings: { whenCreditArrives: true },
    });
    expect(applied(overpaid)).toEqual(['auto-apply:invoice:9:arrived:entry-55']);
  });

  it('does nothing unless the admin wants that, or when nothing is open', () => {
    const without = askRule(autoApply, {
      event: arrived,
      facts: someFacts({ client, openInvoices: open }),
    });
    expect(reasons(without)).toEqual(['Credit that arrives is not put on open invoices.']);
    const nothing = askRule(autoApply, {
      event: arrived,
      facts: someFacts({ client }),
      settings: { whenCreditArrives: true },
    });
    expect(reasons(nothing)).toEqual(['There is no open invoice that this credit could pay.']);
  });
});

describe('among several invoices', () => {
  const client = aClient({ creditHundredths: 3000n });
  const openInvoices = [
    anInvoice({ id: 8, createdOn: '2026-11-03', dueOn: '2026-11-20', totalHundredths: 2500n }),
    anInvoice({ id: 9, createdOn: '2026-11-01', dueOn: '2026-11-21', totalHundredths: 2100n }),
    anInvoice({
      id: 10,
      createdOn: null,
      dueOn: '2026-11-22',
      totalHundredths: 900n,
      lines: [aLine({ serviceId: 30 }), aLine({ id: 91, serviceId: null })],
    }),
  ];
  const services = [
    aService({ id: 29 }),
    aService({ id: 30, status: 'Suspended', isSuspended: true }),
  ];
  const orders = {
    due: [8, 9],
    oldest: [9, 8],
    suspended: [10, 8],
    smallest: [10, 9],
  } as const;

  it.each(Object.entries(orders))('%s first, when credit arrives', (order, expected) => {
    const event = anEvent('BalanceChanged', { entry: 55n, kind: 'manual' });
    const question = {
      key: 'client:5',
      event,
      facts: someFacts({ client, openInvoices, services }),
    };
    const settings = { whenCreditArrives: true, order: order as keyof typeof orders };
    const words = askRule(autoApply, { ...question, settings });
    expect(served([question], [says('auto-apply', words)])).toEqual(expected);
  });

  it.each(Object.entries(orders))('%s first, when several are due', (order, expected) => {
    const questions = openInvoices.map((invoice) => ({
      key: `invoice:${invoice.id}`,
      event: anEvent('DueInvoice', { invoiceId: invoice.id, daysToDue: 0 }, { answer: 'run' }),
      facts: someFacts({ client, invoice, openInvoices, services }),
    }));
    const settings = { order: order as keyof typeof orders };
    const said = questions.map((asked, question) =>
      says('auto-apply', askRule(autoApply, { ...asked, settings }), { question }),
    );
    expect(served(questions, said)).toEqual(expected);
  });

  /** The invoices that get credit, in the order in which it is enough for them: what is left goes to the last. */
  function served(questions: readonly Question[], said: readonly Said[]): readonly unknown[] {
    return settle(questions, said, new Map())
      .flatMap(({ settled }) => settled)
      .filter(({ outcome }) => outcome === 'effect')
      .sort((a, b) => Number(b.trace.spendableHundredths - a.trace.spendableHundredths))
      .map(({ invoiceId }) => invoiceId);
  }
});

describe('the mail about a new invoice', () => {
  const beforeMail = anEvent('InvoiceCreationPreEmail', { invoiceid: 9 }, { answer: 'inline' });
  const sending = (messagename: string, answer: 'inline' | 'deferred' = 'inline') =>
    anEvent('EmailPreSend', { messagename, relid: 9 }, { answer });

  it('waits for the credit when the credit is to come first', () => {
    const settings = { mail: 'before-mail' } as const;
    expect(applied(askRule(autoApply, { event: beforeMail, facts: facts(), settings }))).toEqual([
      'auto-apply:invoice:9:created',
    ]);
    const draft = askRule(autoApply, {
      event: beforeMail,
      facts: facts({ status: 'Draft' }),
      settings,
    });
    expect(reasons(draft)).toEqual(['The invoice is Draft, not Unpaid.']);
    const late = anEvent('InvoiceCreationPreEmail', { invoiceid: 9 });
    expect(applied(askRule(autoApply, { event: late, facts: facts(), settings }))).toEqual([]);
    expect(askRule(autoApply, { event: beforeMail, facts: facts() })).toEqual([]);
  });

  it('is held and sent after the credit when it is to come later', () => {
    const settings = { mail: 'mail-after' } as const;
    for (const template of ['Invoice Created', 'Credit Card Invoice Created']) {
      const words = askRule(autoApply, { event: sending(template), facts: facts(), settings });
      expect(words).toEqual([
        expect.objectContaining({ fact: 'auto-apply:invoice:9:created' }),
        {
          say: 'propose',
          fact: 'auto-apply:invoice:9:creation-mail',
          effect: {
            kind: 'mail',
            mail: { template, id: 9 },
            delaySeconds: 120,
            afterFact: 'auto-apply:invoice:9:created',
            whileInvoiceIs: null,
          },
          because: 'The mail should show the credit.',
        },
        { say: 'answer', mail: 'hold', because: 'The mail should show the credit.' },
      ]);
    }
  });

  it('is held for an invoice that is not published yet, and the credit follows when it is', () => {
    const words = askRule(autoApply, {
      event: sending('Invoice Created'),
      facts: facts({ status: 'Draft' }),
      settings: { mail: 'mail-after' },
    });
    expect(applied(words)).toEqual([]);
    expect(words.map(({ say }) => say)).toEqual(['propose', 'answer']);
  });

  it.each<[string, Partial<InvoiceFacts>, Partial<ClientFacts>, object]>([
    ['the client has no credit', {}, { creditHundredths: 0n }, {}],
    ['the invoice is a deposit', { kind: 'deposit' }, RICH, {}],
    ['the checkout is not over', { orderId: 4 }, RICH, {}],
    ['only the whole is paid and the credit is too little', {}, RICH, { coverage: 'whole-only' }],
    ['the rest would be too small', {}, RICH, { smallestRest: { 1: '20.00' } }],
    ['nothing happens at creation', {}, RICH, { atCreation: false }],
  ])('goes out at once when %s', (_, invoice, client, settings) => {
    const words = askRule(autoApply, {
      event: sending('Invoice Created'),
      facts: facts(invoice, client),
      settings: { mail: 'mail-after', ...settings },
    });
    expect(words).toEqual([]);
  });

  it('is left alone when it is another mail, comes late, or nobody asked for it', () => {
    const settings = { mail: 'mail-after' } as const;
    const ask = (event: ReturnType<typeof sending>, with_: object = settings) =>
      askRule(autoApply, { event, facts: facts(), settings: with_ });
    expect(ask(sending('Invoice Payment Reminder'))).toEqual([]);
    expect(ask(sending('Invoice Created', 'deferred'))).toEqual([]);
    expect(ask(sending('Invoice Created'), { mail: 'as-is' })).toEqual([]);
  });

  it('asks WHMCS to wait only where that is needed', () => {
    const inline = (settings: object) => autoApply.inline?.(autoApply.settings.parse(settings));
    expect(inline({})).toEqual([]);
    expect(inline({ mail: 'before-mail' })).toEqual(['InvoiceCreationPreEmail']);
    expect(inline({ mail: 'mail-after' })).toEqual(['EmailPreSend']);
    expect(inline({ mail: 'mail-after', atCreation: false })).toEqual([]);
  });
});
