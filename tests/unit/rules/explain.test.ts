import { describe, expect, it } from 'vitest';
import type { Limited, Question } from '../../../src/rules/engine/index.ts';
import { type Facts, limit, propose, skip, type Word } from '../../../src/rules/index.ts';
import { explain, readTrace, settle, writeTrace } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';

const question: Question = {
  key: 'invoice:9',
  event: anEvent('InvoiceCreated', { invoiceid: 9 }),
  facts: someFacts({ client: aClient({ creditHundredths: 1500n }), invoice: anInvoice() }),
};
const TITLES: Readonly<Record<string, string>> = {
  a: 'Apply credit',
  b: 'At most five',
  c: 'Third',
};

function told(
  words: Readonly<Record<string, readonly Word[]>>,
  options: {
    mode?: 'on' | 'observe';
    which?: number;
    limits?: readonly Limited[];
    facts?: Facts;
  } = {},
): string[] {
  const said = Object.entries(words).map(([rule, spoken]) => ({
    question: 0,
    key: question.key,
    rule,
    mode: options.mode ?? 'on',
    settingsVersion: 1,
    words: spoken,
  }));
  const settled =
    settle([{ ...question, facts: options.facts ?? question.facts }], said, new Map(), {
      limits: options.limits ?? [],
    })[0]?.settled ?? [];
  const decision = settled[options.which ?? 0];
  if (decision === undefined) throw new Error('Nothing was decided.');
  // As it is told later: from what was stored.
  const stored = readTrace(writeTrace(decision.trace));
  expect(stored).toEqual(decision.trace);
  return explain(stored, (rule) => TITLES[rule] ?? rule);
}

const WISH = { fact: 'a:invoice:9', invoiceId: 9, because: 'The invoice was created.' };

describe('explain', () => {
  it('answers why this much', () => {
    expect(told({ a: [propose.apply({ ...WISH, reserveHundredths: 250n })] })).toEqual([
      'Credit Bridge decided to put 12.50 USD on invoice #9.',
      '20.00 USD was due on the invoice; the client had 15.00 USD of credit to spend.',
      'The rule “Apply credit” proposed it: The invoice was created.',
      'The rule “Apply credit”: 2.50 USD is kept in reserve. So 20.00 USD became 12.50 USD. This decided the amount.',
    ]);
  });

  it('says what is reserved, for what and by which rule', () => {
    const reserve = propose.reserve({
      fact: 'c:service:12',
      amountHundredths: 1000n,
      reservedFor: 'the renewal of service #12',
      untilOn: '2026-12-05',
      because: 'Service #12 renews on 1 December.',
    });
    expect(told({ c: [reserve], a: [propose.apply(WISH)] }, { which: 1 })).toEqual([
      'Credit Bridge decided to reserve 10.00 USD of the credit of client #5.',
      'The rule “Third” proposed it: Service #12 renews on 1 December.',
    ]);
    expect(told({ c: [reserve], a: [propose.apply(WISH)] })).toContain(
      '5.00 USD of credit can be spent; 10.00 USD is reserved for the renewal of service #12. So 20.00 USD became 5.00 USD. This decided the amount.',
    );
  });

  it('says which rest is given', () => {
    const rest = propose.forgive({
      fact: 'b:invoice:9',
      invoiceId: 9,
      atMostHundredths: 600n,
      description: 'Rest',
      because: 'Small rests are given.',
    });
    expect(told({ a: [propose.apply(WISH)], b: [rest] }, { which: 1 }).slice(0, 3)).toEqual([
      'Credit Bridge decided to give the rest of 5.00 USD of invoice #9 as goodwill.',
      '5.00 USD was left to pay on invoice #9.',
      'The rule “At most five” proposed it: Small rests are given.',
    ]);
  });

  it('says what comes back from an invoice, and what was on it', () => {
    const given = propose.return({ ...WISH, because: 'The invoice was cancelled.' });
    const facts = someFacts({
      invoice: anInvoice({ status: 'Cancelled' }),
      ledger: { balanceHundredths: 0n, seenLogId: 1, grants: [] },
      creditOn: {
        leftHundredths: 500n,
        putHundredths: 500n,
        refundedToCreditHundredths: 0n,
        mayBeBack: null,
        lastEntry: 7n,
        ways: { takesOff: false, cancelling: 'keeps' },
      },
    });
    expect(told({ a: [given] }, { facts })).toEqual([
      'Credit Bridge decided to give 5.00 USD of credit back from invoice #9.',
      '5.00 USD of the client’s credit was on invoice #9.',
      'The rule “Apply credit” proposed it: The invoice was cancelled.',
    ]);
  });

  it('says what is parked and what is given back', () => {
    const park = propose.park({
      fact: 'c:invoice:9',
      amountHundredths: 1000n,
      from: { is: 'payment', invoiceId: 9 },
      reason: 'This deposit can be used from 1 December.',
      because: 'The client is new.',
    });
    expect(told({ c: [park] })).toEqual([
      'Credit Bridge decided to park 10.00 USD of the credit of client #5.',
      'The rule “Third” proposed it: The client is new.',
    ]);
    const release = propose.release({
      fact: 'c:back',
      parkedFact: 'c:invoice:9',
      because: 'Done.',
    });
    expect(told({ c: [release] })[0]).toBe('Credit Bridge did nothing for invoice #9.');
  });

  it('says that a client is frozen', () => {
    const freeze = propose.freeze({
      fact: 'c:freeze:9',
      reason: 'The payment of invoice #9 was taken back.',
      because: 'The payment of invoice #9 was taken back.',
    });
    expect(told({ c: [freeze] })).toEqual([
      'Credit Bridge decided to freeze client #5.',
      'The rule “Third” proposed it: The payment of invoice #9 was taken back.',
    ]);
  });

  it('names every rule that limited, and the one that decided', () => {
    const word = propose.apply(WISH);
    const five = limit({ atMostHundredths: 500n, because: 'Five are enough.' });
    expect(
      told(
        { a: [word], c: [skip('Not my business.')] },
        { limits: [{ word, rule: 'b', mode: 'on', settingsVersion: 1, limit: five }] },
      ),
    ).toEqual([
      'Credit Bridge decided to put 5.00 USD on invoice #9.',
      '20.00 USD was due on the invoice; the client had 15.00 USD of credit to spend.',
      'The rule “Apply credit” proposed it: The invoice was created.',
      'The rule “At most five”: Five are enough. So 20.00 USD became 5.00 USD. This decided the amount.',
      'The rule “Third” did nothing: Not my business.',
    ]);
  });

  it('answers why nothing', () => {
    expect(told({ a: [skip('The client has no credit to spend.')] })).toEqual([
      'The rule “Apply credit” did nothing for invoice #9.',
      'The rule “Apply credit”: The client has no credit to spend.',
    ]);
    expect(told({ a: [propose.apply({ ...WISH, wholeOnly: true })] })).toEqual([
      'Credit Bridge decided: no credit on invoice #9.',
      '20.00 USD was due on the invoice; the client had 15.00 USD of credit to spend.',
      'The rule “Apply credit” proposed it: The invoice was created.',
      '15.00 USD of credit can be spent. So 20.00 USD became 15.00 USD.',
      'The rule “Apply credit”: Only the whole of an invoice is paid, never a part. So 15.00 USD became 0.00 USD. This decided the amount.',
    ]);
  });

  it('says of an observing rule that nothing was carried out', () => {
    expect(
      told({ a: [propose.apply({ ...WISH, atMostHundredths: 500n })] }, { mode: 'observe' }),
    ).toEqual([
      'Credit Bridge would have put 5.00 USD on invoice #9.',
      '20.00 USD was due on the invoice; the client had 15.00 USD of credit to spend.',
      'The rule “Apply credit” proposed it: The invoice was created.',
      'The rule “Apply credit”: At most 5.00 USD is asked for. So 20.00 USD became 5.00 USD. This decided the amount.',
      'The rule only observes, so nothing was carried out.',
    ]);
  });

  it('tells of grants, removals, cancellations, mails and notes', () => {
    const firsts = [
      propose.grant({ fact: 'f', amountHundredths: 100n, description: 'x', because: 'x' }),
      propose.remove({ fact: 'f', amountHundredths: 100n, description: 'x', because: 'x' }),
      propose.cancel({ fact: 'f', invoiceId: 9, because: 'x' }),
      propose.mail({ fact: 'f', mail: { template: 'T', id: 9 }, because: 'x' }),
      propose.notify({ fact: 'f', text: 'x', because: 'x' }),
    ].map((word) => told({ a: [word] })[0]);
    expect(firsts).toEqual([
      'Credit Bridge decided to give client #5 1.00 USD of credit.',
      'Credit Bridge decided to take 1.00 USD of credit from client #5.',
      'Credit Bridge decided to cancel invoice #9.',
      'Credit Bridge decided to send client #5 a mail.',
      'Credit Bridge decided to leave a note for the admins about invoice #9.',
    ]);
  });
});

describe('a stored trace', () => {
  it('that is none is refused', () => {
    expect(() => readTrace('{}')).toThrow();
    expect(() => readTrace('nonsense')).toThrow(SyntaxError);
  });
});
