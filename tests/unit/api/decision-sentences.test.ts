import { expect, test } from 'vitest';
import { commandSentence, decisionSentences } from '../../../src/api/explain/decision-sentences.ts';
import { propose, skip } from '../../../src/rules/index.ts';
import { settle, writeTrace } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';

test.each([
  ['done', '', 'It was done.'],
  ['open', '', 'WHMCS has not done it yet.'],
  ['refused', 'Invoice is paid', 'WHMCS refused it: Invoice is paid.'],
  ['stale', 'The balance changed.', 'It was not done: The balance changed.'],
  ['later', '', 'It is later.'],
])('a command that is %s says what became of what was decided', (state, reason, sentence) => {
  expect(commandSentence({ state, reason })).toBe(sentence);
});

test('decisions that are told together say once why each rule did nothing', () => {
  const question = {
    key: 'invoice:9',
    event: anEvent('InvoiceCreated', { invoiceid: 9 }),
    facts: someFacts({ client: aClient({ creditHundredths: 1500n }), invoice: anInvoice() }),
  };
  const wish = { fact: 'a:invoice:9', invoiceId: 9, because: 'The invoice was created.' };
  const words = {
    a: [propose.apply(wish)],
    b: [skip('It is no deposit.')],
    c: [skip('The client is new.'), skip('It is Sunday.')],
    d: [skip('Enough.')],
  };
  const said = Object.entries(words).map(([rule, spoken]) => ({
    question: 0,
    key: question.key,
    rule,
    mode: 'on' as const,
    settingsVersion: 1,
    words: spoken,
  }));
  const faults = [
    {
      question: 0,
      key: question.key,
      rule: 'e',
      mode: 'on' as const,
      kind: 'threw' as const,
      message: 'It threw.',
    },
  ];
  const settled = settle([question], said, new Map(), { faults })[0]?.settled ?? [];
  const decisions = settled.map(({ trace, reason }) => ({ trace: writeTrace(trace), reason }));
  const told = decisionSentences([...decisions, { trace: '{}', reason: 'An older reason.' }], []);
  const text = told.flat().join('\n');
  for (const because of [
    'It is no deposit.',
    'The client is new.',
    'It is Sunday.',
    'Enough.',
    'It threw.',
  ]) {
    expect([because, text.split(because).length - 1]).toEqual([because, 1]);
  }
  expect(told.at(-1)).toEqual(['An older reason.']);
  // By itself a decision tells what the others said.
  expect(decisionSentences(decisions.slice(0, 1), []).flat()).toContain(
    'The rule “b” did nothing: It is no deposit.',
  );
});
