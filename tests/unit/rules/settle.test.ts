import { describe, expect, it } from 'vitest';
import type { Limited, Question, Said } from '../../../src/rules/engine/index.ts';
import { answer, limit, propose, skip, type Word } from '../../../src/rules/index.ts';
import { type SettleContext, type Settled, settle } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts, YEN } from '../../../src/rules/testing.ts';

type Client = NonNullable<Parameters<typeof aClient>[0]>;
type Invoice = NonNullable<Parameters<typeof anInvoice>[0]>;

function asked(
  invoice: Invoice = {},
  client: Client = { creditHundredths: 1500n },
  answered: 'deferred' | 'inline' = 'deferred',
): Question {
  const about = anInvoice(invoice);
  return {
    key: `invoice:${about.id}`,
    event: anEvent('InvoiceCreated', { invoiceid: about.id }, { answer: answered }),
    facts: someFacts({ client: aClient(client), invoice: about }),
  };
}

function says(
  rule: string,
  words: Word | readonly Word[],
  more: { readonly mode?: 'on' | 'observe'; readonly question?: number } = {},
): Said {
  return {
    question: more.question ?? 0,
    key: '',
    rule,
    mode: more.mode ?? 'on',
    settingsVersion: 1,
    words: 'say' in words ? [words] : words,
  };
}

/** What a rule says to every proposal of these. */
function limits(
  rule: string,
  on: readonly Said[],
  said: Parameters<typeof limit>[0],
  mode: 'on' | 'observe' = 'on',
): Limited[] {
  return on
    .flatMap(({ words }) => words)
    .filter((word) => word.say === 'propose')
    .map((word) => ({ word, rule, mode, settingsVersion: 1, limit: limit(said) }));
}

const WISH = { fact: 'a:invoice:9', invoiceId: 9, because: 'It is due.' };

function settleOne(question: Question, said: readonly Said[], context: SettleContext = {}) {
  return settle([question], said, new Map(), context)[0]?.settled ?? [];
}

/** Outcome, rule and amount in hundredths. */
function inShort(settled: readonly Settled[]) {
  return settled.map(({ outcome, rule, amountHundredths }) => [outcome, rule, amountHundredths]);
}

describe('credit on an invoice', () => {
  it.each<[string, Question, Partial<Parameters<typeof propose.apply>[0]>, bigint, string]>([
    ['all that is due', asked({ totalHundredths: 1500n }), {}, 1500n, ''],
    ['all credit', asked(), {}, 1500n, 'balance'],
    ['no more than asked', asked(), { atMostHundredths: 700n }, 700n, 'asked'],
    ['what is above the reserve', asked(), { reserveHundredths: 250n }, 1250n, 'reserve'],
    ['nothing when all is reserve', asked(), { reserveHundredths: 1500n }, 0n, 'reserve'],
    ['nothing rather than a part', asked(), { wholeOnly: true }, 0n, 'whole'],
    [
      'the whole where it is enough',
      asked({ totalHundredths: 1500n }),
      { wholeOnly: true },
      1500n,
      '',
    ],
    [
      'less, for the rest to be large enough',
      asked(),
      { smallestRestHundredths: 501n },
      1499n,
      'rest',
    ],
    [
      'as much, where the rest is large enough',
      asked(),
      { smallestRestHundredths: 500n },
      1500n,
      'balance',
    ],
    [
      'nothing, where the invoice is smaller than the rest',
      asked(),
      { smallestRestHundredths: 2001n },
      0n,
      'rest',
    ],
    [
      'what other commands do not take',
      asked({}, { creditHundredths: 1500n, heldHundredths: 600n }),
      {},
      900n,
      'balance',
    ],
  ])('is %s', (_, question, wish, amount, binding) => {
    const [settled] = settleOne(question, [says('a', propose.apply({ ...WISH, ...wish }))]);
    expect(settled?.amountHundredths).toBe(amount);
    expect(settled?.outcome).toBe(amount === 0n ? 'skipped' : 'effect');
    const { trace } = settled ?? {};
    const bound = trace?.binding ?? null;
    expect(bound === null ? '' : trace?.steps[bound]?.step).toBe(binding);
  });

  it('is rounded down to what the currency has, unless it covers the whole', () => {
    const yen = (total: bigint, credit: bigint) =>
      settleOne(asked({ totalHundredths: total }, { creditHundredths: credit, currency: YEN }), [
        says('a', propose.apply(WISH)),
      ])[0]?.amountHundredths;
    expect(yen(10_050n, 10_050n)).toBe(10_050n);
    expect(yen(10_050n, 10_049n)).toBe(10_000n);
    expect(yen(10_050n, 99n)).toBe(0n);
  });

  it.each<[string, Invoice]>([
    ['a deposit', { kind: 'deposit' }],
    ['a mass-payment', { kind: 'mass-payment' }],
    ['Paid', { status: 'Paid' }],
    ['Draft', { status: 'Draft' }],
    ['keep the credit', { choice: 'keep' }],
    ['taken off this invoice by hand', { keptOff: true }],
    ['not among the invoices', { id: 10 }],
    ['not among the invoices', { clientId: 6 }],
    ['Nothing is left to pay', { paidHundredths: 2000n }],
  ])('is refused by the host, whatever a rule proposes: %s', (reason, invoice) => {
    const [settled] = settleOne(asked(invoice), [says('a', propose.apply(WISH))]);
    expect(inShort(settled === undefined ? [] : [settled])).toEqual([['skipped', 'a', 0n]]);
    expect(settled?.reason).toContain(reason);
  });

  it('goes to the invoice due first, then to the lower id, whoever asks first', () => {
    const client = aClient({ creditHundredths: 5000n });
    const openInvoices = [
      anInvoice({ id: 9, dueOn: null }),
      anInvoice({ id: 10, dueOn: '2026-11-20' }),
      anInvoice({ id: 8, dueOn: '2026-11-20' }),
    ];
    const question: Question = {
      key: 'client:5',
      event: anEvent('AddFunds', { invoiceId: 812 }),
      facts: someFacts({ client, openInvoices }),
    };
    const wishes = [9, 10, 8].map((invoiceId) =>
      propose.apply({ ...WISH, invoiceId, fact: `a:invoice:${invoiceId}` }),
    );
    const amounts = settleOne(question, [says('a', wishes)]).map((one) => [
      one.invoiceId,
      one.amountHundredths,
    ]);
    expect(amounts).toEqual([
      [10, 2000n],
      [8, 2000n],
      [9, 1000n],
    ]);
  });

  it('is gone for the next page, and is never given twice for one invoice', () => {
    const running = new Map<number, bigint>();
    const page = (fact: string) =>
      settle([asked()], [says('a', propose.apply({ ...WISH, fact }))], running)[0]?.settled[0];
    expect(page('first')?.amountHundredths).toBe(1500n);
    expect(running.get(5)).toBe(0n);
    expect(page('second')?.outcome).toBe('skipped');
    const both = settleOne(asked({}, { creditHundredths: 9000n }), [
      says('a', propose.apply({ ...WISH, atMostHundredths: 1200n })),
      says('b', propose.apply({ ...WISH, fact: 'b:invoice:9' })),
    ]);
    expect(inShort(both)).toEqual([
      ['effect', 'a', 1200n],
      ['effect', 'b', 800n],
    ]);
  });

  it('takes nothing for a fact that is answered already', () => {
    const running = new Map<number, bigint>();
    const [settlement] = settle([asked()], [says('a', propose.apply(WISH))], running, {
      live: new Set([WISH.fact]),
    });
    expect(settlement?.settled[0]).toMatchObject({
      outcome: 'skipped',
      reason: expect.stringContaining('answered before'),
    });
    expect(running.get(5) ?? 1500n).toBe(1500n);
  });
});

describe('limits', () => {
  const wish = says('a', propose.apply(WISH));
  const five = { atMostHundredths: 500n, because: 'Five are enough.' };

  it('cap a proposal, the smallest binding, and each stands in the trace', () => {
    const nine = { atMostHundredths: 900n, because: 'Nine are enough.' };
    const [settled] = settleOne(asked(), [wish], {
      limits: [...limits('z', [wish], nine), ...limits('b', [wish], five)],
    });
    expect(settled?.amountHundredths).toBe(500n);
    expect(settled?.reason).toBe(
      '5.00 USD of 20.00 USD due on invoice #9. It is due. Five are enough.',
    );
    expect(
      settled?.trace.steps.map(({ step, rule, afterHundredths }) => [step, rule, afterHundredths]),
    ).toEqual([
      ['limit', 'b', 500n],
      ['limit', 'z', 500n],
    ]);
    expect(settled?.trace.binding).toBe(0);
    expect(settled?.trace.said).toEqual([
      expect.objectContaining({ rule: 'a', said: 'propose' }),
      expect.objectContaining({
        rule: 'b',
        said: 'limit',
        effect: 'apply',
        amountHundredths: 500n,
      }),
      expect.objectContaining({
        rule: 'z',
        said: 'limit',
        effect: 'apply',
        amountHundredths: 900n,
      }),
    ]);
  });

  it('of zero forbid', () => {
    const none = { atMostHundredths: 0n, because: 'Never on a Sunday.' };
    expect(settleOne(asked(), [wish], { limits: limits('b', [wish], none) })[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'No credit on invoice #9. Never on a Sunday.',
    });
    const cancel = says('a', propose.cancel({ fact: 'c', invoiceId: 9, because: 'x' }));
    expect(settleOne(asked(), [cancel], { limits: limits('b', [cancel], none) })[0]).toMatchObject({
      outcome: 'skipped',
      reason: 'Never on a Sunday.',
    });
  });

  it('concern only the proposal they were said to', () => {
    const other = says('c', propose.apply({ ...WISH, fact: 'c' }));
    const settled = settleOne(asked({}, { creditHundredths: 9000n }), [wish, other], {
      limits: limits('b', [wish], five),
    });
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 500n],
      ['effect', 'c', 1500n],
    ]);
  });

  it('hold for what several rules want together, whichever of them was limited', () => {
    const same = says('c', propose.apply(WISH));
    const settled = settleOne(asked(), [wish, same], { limits: limits('b', [same], five) });
    expect(inShort(settled)).toEqual([['effect', 'a', 500n]]);
  });

  it('of one budget hold for all proposals together', () => {
    const both = [
      says('a', propose.apply({ ...WISH, atMostHundredths: 300n })),
      says('b', propose.apply({ ...WISH, fact: 'b' })),
    ];
    const amounts = (budget: string | null) =>
      settleOne(asked({}, { creditHundredths: 9000n }), both, {
        limits: limits('c', both, { ...five, budget }),
      }).map(({ amountHundredths }) => amountHundredths);
    expect(amounts('invoice 9')).toEqual([300n, 200n]);
    expect(amounts(null)).toEqual([300n, 500n]);
  });

  it('that a rule puts on itself are drawn down across questions of one client', () => {
    const grant = (fact: string, question: number, budget: string | null) =>
      says(
        'bonus',
        propose.grant({
          fact,
          amountHundredths: 400n,
          description: 'Bonus',
          limits: [limit({ ...five, budget })],
          because: 'x',
        }),
        { question },
      );
    const amounts = (budget: string | null) =>
      settle(
        [asked({ id: 1 }), asked({ id: 2 }), asked({ id: 3, clientId: 6 }, { id: 6 })],
        [grant('x', 0, budget), grant('y', 1, budget), grant('z', 2, budget)],
        new Map(),
      ).map(({ settled }) => settled[0]?.amountHundredths);
    expect(amounts('month')).toEqual([400n, 100n, 400n]);
    expect(amounts(null)).toEqual([400n, 400n, 400n]);
  });
});

describe('proposals that answer the same fact', () => {
  it('become one effect, the smaller, and both rules are named', () => {
    const settled = settleOne(asked(), [
      says('b', propose.apply({ ...WISH, atMostHundredths: 300n })),
      says('a', propose.apply({ ...WISH, reserveHundredths: 1300n })),
    ]);
    expect(inShort(settled)).toEqual([['effect', 'a', 200n]]);
    expect(settled[0]?.trace.rules).toEqual(['a', 'b']);
  });

  it('are refused when they name another effect', () => {
    const settled = settleOne(asked(), [
      says('a', propose.apply(WISH)),
      says('b', propose.cancel({ fact: WISH.fact, invoiceId: 9, because: 'No.' })),
    ]);
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 1500n],
      ['skipped', 'b', 0n],
    ]);
    expect(settled[1]?.reason).toContain('a fact is answered once');
  });
});

describe('other effects', () => {
  it('grants are rounded as the rule named', () => {
    const grant = (rounding: 'down' | 'half-even') =>
      settleOne(asked({}, { currency: YEN }), [
        says(
          'a',
          propose.grant({
            fact: 'g',
            amountHundredths: 12_360n,
            rounding,
            description: 'x',
            because: 'x',
          }),
        ),
      ])[0]?.amountHundredths;
    expect([grant('down'), grant('half-even')]).toEqual([12_300n, 12_400n]);
  });

  it('removals take what is spendable, odd hundredths too', () => {
    const running = new Map<number, bigint>();
    const remove = says(
      'a',
      propose.remove({ fact: 'r', amountHundredths: 20_050n, description: 'x', because: 'x' }),
    );
    const client = { creditHundredths: 10_050n, currency: YEN };
    const [settlement] = settle([asked({}, client)], [remove], running);
    expect(settlement?.settled[0]?.amountHundredths).toBe(10_050n);
    expect(running.get(5)).toBe(0n);
  });

  it.each<[string, Invoice]>([
    ['is Paid', { status: 'Paid' }],
    ['was attempted', { paymentAttempted: true }],
    ['was attempted', { paidHundredths: 1n }],
    ['cancelling would lose it', { creditHundredths: 1n }],
  ])('an invoice is not cancelled when a payment or credit is on it: %s', (reason, invoice) => {
    const cancel = says('a', propose.cancel({ fact: 'c', invoiceId: 9, because: 'x' }));
    expect(settleOne(asked(invoice), [cancel])[0]?.reason).toContain(reason);
    expect(settleOne(asked({}), [cancel])[0]?.outcome).toBe('effect');
  });

  it('an invoice that is being cancelled gets no credit', () => {
    const settled = settleOne(asked(), [
      says('a', propose.apply(WISH)),
      says('b', propose.cancel({ fact: 'c', invoiceId: 9, because: 'No.' })),
    ]);
    expect(inShort(settled)).toEqual([
      ['skipped', 'a', 0n],
      ['effect', 'b', 0n],
    ]);
  });

  it('do nothing for a frozen client; the admins are told all the same', () => {
    const frozen = asked({}, { creditHundredths: 1500n, frozenBecause: 'A chargeback.' });
    const settled = settleOne(frozen, [
      says('a', propose.apply(WISH)),
      says('b', propose.notify({ fact: 'b:note', text: 'Look here.', because: 'It is odd.' })),
    ]);
    expect(inShort(settled)).toEqual([
      ['skipped', 'a', 0n],
      ['effect', 'b', 0n],
    ]);
    expect(settled[0]?.reason).toContain('An admin froze this client: A chargeback.');
  });

  it('round a grant as the rule named; rounding decides only where nothing else did', () => {
    const yen = asked({}, { currency: YEN });
    const granted = (rounding: 'down' | 'half-even', most?: bigint) => {
      const wish = { fact: 'a:grant', amountHundredths: 1060n, description: 'x', because: 'x' };
      const grant = says('a', propose.grant({ ...wish, rounding }));
      const enough =
        most === undefined ? [] : limits('b', [grant], { atMostHundredths: most, because: 'y' });
      const [settled] = settleOne(yen, [grant], { limits: enough });
      const binding = settled?.trace.binding ?? null;
      const step = binding === null ? null : settled?.trace.steps[binding]?.step;
      return [settled?.amountHundredths, step];
    };
    expect(granted('down')).toEqual([1000n, 'round']);
    expect(granted('half-even')).toEqual([1100n, null]);
    expect(granted('half-even', 1050n)).toEqual([1000n, 'limit']);
  });
});

describe('a mail that is held', () => {
  const words = [
    propose.apply(WISH),
    propose.mail({
      fact: 'mail',
      mail: { template: 'Invoice Created', id: 9 },
      afterFact: WISH.fact,
      because: 'x',
    }),
    answer({ mail: 'hold', because: 'x' }),
  ];
  const settleInline = (
    credit: bigint,
    context: SettleContext = {},
    mode: 'on' | 'observe' = 'on',
  ) =>
    settle(
      [asked({}, { creditHundredths: credit }, 'inline')],
      [says('a', words, { mode })],
      new Map(),
      context,
    )[0];

  it('is replaced by ours, sent after the credit', () => {
    expect(settleInline(1500n)?.answer).toEqual({ holdMailFor: 'mail', veto: [], pageVars: {} });
  });

  it('is not held when ours would not be sent', () => {
    const nothing = settleInline(0n);
    expect(nothing?.answer?.holdMailFor).toBeNull();
    expect(nothing?.settled.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped']);
    expect(settleInline(1500n, { live: new Set(['mail']) })?.answer?.holdMailFor).toBeNull();
    expect(settleInline(1500n, { live: new Set([WISH.fact]) })?.answer?.holdMailFor).toBeNull();
    expect(settleInline(1500n, {}, 'observe')?.answer).toBeNull();
  });
});

describe('answers', () => {
  it('add up, by the rule’s id, and are heard only while WHMCS waits', () => {
    const said = [
      says(
        'b',
        answer({
          veto: ['second'],
          pageVars: { minimumamount: 2n, other: true },
          notice: { type: 'info', title: 'Of b', message: 'b' },
          because: 'x',
        }),
      ),
      says('a', answer({ veto: ['first'], pageVars: { minimumamount: 1n }, because: 'x' })),
    ];
    expect(settle([asked({}, {}, 'inline')], said, new Map())[0]?.answer).toEqual({
      holdMailFor: null,
      veto: ['first', 'second'],
      pageVars: { minimumamount: 1n, other: true },
      notice: { type: 'info', title: 'Of b', message: 'b' },
    });
    expect(settle([asked()], said, new Map())[0]?.answer).toBeNull();
  });
});

describe('a rule that observes', () => {
  it('changes nothing for the others and says what it would have done', () => {
    const on = says('b', propose.apply({ ...WISH, fact: 'b', atMostHundredths: 1000n }));
    const observing = says('a', propose.apply({ ...WISH, atMostHundredths: 900n }), {
      mode: 'observe',
    });
    const running = new Map<number, bigint>();
    const [settlement] = settle([asked()], [observing, on], running);
    expect(inShort(settlement?.settled ?? [])).toEqual([
      ['observed', 'a', 900n],
      ['effect', 'b', 1000n],
    ]);
    expect(running.get(5)).toBe(500n);
  });

  it('tells what its limit would have taken', () => {
    const wish = says('a', propose.apply(WISH));
    const five = { atMostHundredths: 500n, because: 'Five are enough.' };
    const settled = settleOne(asked(), [wish], { limits: limits('b', [wish], five, 'observe') });
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 1500n],
      ['observed', 'b', 0n],
    ]);
    expect(settled[1]?.reason).toBe('Would have limited 20.00 USD to 5.00 USD. Five are enough.');
  });

  it('tells what it would have prevented', () => {
    const cancel = says('a', propose.cancel({ fact: 'c', invoiceId: 9, because: 'x' }));
    const none = { atMostHundredths: 0n, because: 'Never on a Sunday.' };
    const settled = settleOne(asked(), [cancel], {
      limits: limits('b', [cancel], none, 'observe'),
    });
    expect(inShort(settled)).toEqual([
      ['effect', 'a', 0n],
      ['observed', 'b', 0n],
    ]);
    expect(settled[1]?.reason).toBe('Would have prevented it. Never on a Sunday.');
  });

  it('limits other rules that observe as if both were on', () => {
    const wish = says('a', propose.apply(WISH), { mode: 'observe' });
    const five = { atMostHundredths: 500n, because: 'Five are enough.' };
    const settled = settleOne(asked(), [wish], { limits: limits('b', [wish], five, 'observe') });
    expect(inShort(settled)).toEqual([['observed', 'a', 500n]]);
  });
});

describe('decisions that change nothing', () => {
  it('carry the rule’s reason, or its fault', () => {
    const settled = settleOne(asked(), [says('b', skip('Not today.'))], {
      faults: [
        {
          rule: 'a',
          kind: 'nonsense',
          mode: 'on',
          question: 0,
          key: 'invoice:9',
          message: 'On invoice:9: The rule a returned nonsense.',
          returned: '42',
        },
      ],
    });
    expect(settled.map(({ outcome, rule, reason }) => [outcome, rule, reason])).toEqual([
      ['faulted', 'a', 'On invoice:9: The rule a returned nonsense.'],
      ['skipped', 'b', 'Not today.'],
    ]);
    expect(settled[0]?.trace.said).toEqual([
      expect.objectContaining({ rule: 'b', said: 'skip', because: 'Not today.' }),
      expect.objectContaining({ rule: 'a', said: 'fault', because: expect.stringContaining('42') }),
    ]);
  });

  it('are not written for a rule that has nothing to say', () => {
    expect(settleOne(asked(), [says('a', [])])).toEqual([]);
  });
});
