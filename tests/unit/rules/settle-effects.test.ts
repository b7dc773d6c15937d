import { describe, expect, it } from 'vitest';
import { answer, propose, skip } from '../../../src/rules/index.ts';
import { type SettleContext, settle } from '../../../src/rules/settle/index.ts';
import { anInvoice, YEN } from '../../../src/rules/testing.ts';
import { asked, type Invoice, inShort, limits, says, settleOne, WISH } from './settling.ts';

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
    expect(settled[0]?.reason).toContain('This client is frozen: A chargeback.');
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
    expect(settleInline(1500n)?.answer).toEqual({
      holdMailFor: 'mail',
      veto: [],
      pageVars: {},
      gateways: null,
    });
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
          gateways: ['paypal', 'banktransfer'],
          notice: { type: 'info', title: 'Of b', message: 'b' },
          because: 'x',
        }),
      ),
      says(
        'a',
        answer({
          veto: ['first'],
          pageVars: { minimumamount: 1n },
          gateways: ['banktransfer', 'card'],
          because: 'x',
        }),
      ),
    ];
    expect(settle([asked({}, {}, 'inline')], said, new Map())[0]?.answer).toEqual({
      holdMailFor: null,
      veto: ['first', 'second'],
      pageVars: { minimumamount: 1n, other: true },
      gateways: ['banktransfer'],
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

  const PAID = { status: 'Paid' };
  const quiet = propose.apply({ ...WISH, quiet: true });

  it.each(['on', 'observe'] as const)(
    'are not written where a quiet proposal comes to nothing, %s',
    (mode) => {
      expect(settleOne(asked(PAID), [says('a', quiet, { mode })])).toEqual([]);
      expect(settleOne(asked(), [says('a', quiet, { mode })])).toHaveLength(1);
    },
  );

  it('stand in the traces of other decisions all the same', () => {
    const [told] = settleOne(asked(PAID), [says('a', quiet), says('b', skip('Not today.'))]);
    expect(told?.trace.said.map(({ rule }) => rule)).toEqual(['a', 'b']);
  });

  it('are written where a limit forbids what is quiet', () => {
    const none = { atMostHundredths: 0n, because: 'Never on a Sunday.' };
    const wish = says('a', quiet);
    const settled = settleOne(asked(), [wish], { limits: limits('b', [wish], none) });
    expect(inShort(settled)).toEqual([['skipped', 'a', 0n]]);
  });

  it('are written where one of two rules that answer a fact is not quiet', () => {
    const both = [says('a', quiet), says('b', propose.apply(WISH))];
    expect(inShort(settleOne(asked(PAID), both))).toEqual([['skipped', 'a', 0n]]);
  });
});

describe('of two rules that want credit on one invoice', () => {
  const ofA = says('a', propose.apply(WISH));
  const ofB = says('b', propose.apply({ ...WISH, fact: 'b:invoice:9' }));
  const none = { creditHundredths: 0n };

  it('one that finds nothing left to do tells nothing; the other’s trace names both', () => {
    const settled = settleOne(asked(), [ofB, ofA]);
    expect(inShort(settled)).toEqual([['effect', 'a', 1500n]]);
    expect(settled[0]?.trace.said.map(({ rule }) => rule)).toEqual(['a', 'b']);
  });

  it('the first tells what stops both', () => {
    const settled = settleOne(asked({}, none), [ofB, ofA]);
    expect(inShort(settled)).toEqual([['skipped', 'a', 0n]]);
    expect(settled[0]?.trace.said.map(({ rule }) => rule)).toEqual(['a', 'b']);
  });

  it('each tells its own reason', () => {
    const kept = says('b', propose.apply({ ...WISH, fact: 'b:invoice:9', reserveHundredths: 1n }));
    const settled = settleOne(asked({}, none), [ofA, kept]);
    expect(settled.map(({ rule, reason }) => [rule, reason])).toEqual([
      ['a', expect.stringContaining('of credit can be spent')],
      ['b', expect.stringContaining('is kept in reserve')],
    ]);
  });

  it('one that a limit stops tells so, although the other did something', () => {
    const forbids = limits('c', [ofB], { atMostHundredths: 0n, because: 'Not for b.' });
    expect(inShort(settleOne(asked(), [ofA, ofB], { limits: forbids }))).toEqual([
      ['effect', 'a', 1500n],
      ['skipped', 'b', 0n],
    ]);
  });

  it('one that says so quietly leaves it to the other to tell', () => {
    const quietly = says('a', propose.apply({ ...WISH, quiet: true }));
    expect(inShort(settleOne(asked({}, none), [quietly, ofB]))).toEqual([['skipped', 'b', 0n]]);
  });

  it('each tells what it does to an invoice of its own', () => {
    const other = anInvoice({ id: 10 });
    const question = asked({}, none);
    const both = { ...question, facts: { ...question.facts, openInvoices: [other] } };
    const elsewhere = says('b', propose.apply({ ...WISH, fact: 'b:invoice:10', invoiceId: 10 }));
    expect(inShort(settleOne(both, [ofA, elsewhere]))).toEqual([
      ['skipped', 'a', 0n],
      ['skipped', 'b', 0n],
    ]);
  });
});
