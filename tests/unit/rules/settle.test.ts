import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/rules/engine/index.ts';
import { limit, propose } from '../../../src/rules/index.ts';
import { settle } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts, YEN } from '../../../src/rules/testing.ts';
import { asked, type Invoice, inShort, limits, says, settleOne, WISH } from './settling.ts';

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

  it('goes by the turns that proposals name, whatever the rules are called; what is alike goes by due date', () => {
    const client = aClient({ creditHundredths: 3000n });
    const openInvoices = [
      anInvoice({ id: 8, dueOn: '2026-11-20' }),
      anInvoice({ id: 9, dueOn: '2026-11-21' }),
      anInvoice({ id: 10, dueOn: '2026-11-22' }),
    ];
    const question: Question = {
      key: 'client:5',
      event: anEvent('AddFunds', { invoiceId: 812 }),
      facts: someFacts({ client, openInvoices }),
    };
    const paid = (turns: readonly bigint[], names: readonly string[]) =>
      settleOne(
        question,
        turns.map((turn, index) =>
          says(
            names[index] ?? '',
            propose.apply({ ...WISH, invoiceId: 8 + index, fact: `${8 + index}`, turn }),
          ),
        ),
      )
        .filter(({ outcome }) => outcome === 'effect')
        .map((one) => [one.invoiceId, one.amountHundredths])
        .sort();
    for (const names of [
      ['a', 'b', 'c'],
      ['c', 'b', 'a'],
    ]) {
      expect(paid([0n, 0n, -1n], names)).toEqual([
        [10, 2000n],
        [8, 1000n],
      ]);
      expect(paid([7n, 5n, 0n], names)).toEqual([
        [10, 2000n],
        [9, 1000n],
      ]);
    }
  });

  it('of two rules that name different turns for one fact, the earlier counts', () => {
    const client = aClient({ creditHundredths: 2000n });
    const openInvoices = [anInvoice({ id: 8, dueOn: '2026-11-20' }), anInvoice({ id: 9 })];
    const question: Question = {
      key: 'client:5',
      event: anEvent('AddFunds', { invoiceId: 812 }),
      facts: someFacts({ client, openInvoices }),
    };
    const settled = settleOne(question, [
      says('a', propose.apply({ ...WISH, fact: 'nine', turn: 3n })),
      says('b', propose.apply({ ...WISH, fact: 'nine', turn: -1n })),
      says('c', propose.apply({ ...WISH, invoiceId: 8, fact: 'eight' })),
    ]);
    const done = settled.filter(({ outcome }) => outcome === 'effect');
    expect(done.map(({ invoiceId }) => invoiceId)).toEqual([9]);
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
