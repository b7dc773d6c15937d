import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/rules/engine/index.ts';
import { aClient, aGrant, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';
import { created, NOBODY, ruleEngines, turnedOn } from '../../support/rule-engines.ts';

const { engineWith } = ruleEngines();

const counter = (rule: string) => ({
  rule,
  effect: 'grant',
  on: '2026-11-01',
  count: 1,
  amountHundredths: 5n,
});

describe('a provider’s rule', () => {
  const question: Question = {
    key: 'invoice:9',
    event: anEvent('InvoiceCreated', { invoiceid: 9 }),
    facts: someFacts({
      client: aClient({ creditHundredths: 9_007_199_254_740_993n }),
      invoice: anInvoice({ dueOn: null, orderId: 4, choice: 'use' }),
      openInvoices: [anInvoice({ id: 10 })],
      openDeposits: [anInvoice({ id: 11, kind: 'deposit' })],
      receivedHundredths: -1n,
      counters: [counter('tells-all'), counter('another')],
      ledger: { balanceHundredths: 0n, seenLogId: 7, grants: [aGrant({ moves: 3n })] },
    }),
  };

  it('is given in its thread exactly what is known, and of counters only its own', async () => {
    const engine = await engineWith('tells-what-it-is-given.ts');
    const { answers } = await engine.ask([question], turnedOn('tells-all'), NOBODY);
    const { event } = question;
    const facts = { ...question.facts, counters: [counter('tells-all')] };
    const told = createHash('sha256')
      .update(inspect({ event, facts }, { depth: 9, sorted: true }))
      .digest('hex');
    expect(answers[0]?.words).toEqual([{ say: 'skip', because: told }]);
  });

  it('is not sent the facts that nobody in its thread asked for', async () => {
    const engine = await engineWith('tells-what-it-is-given.ts');
    const { answers } = await engine.ask([question], turnedOn('tells-little'), NOBODY);
    const nothing = { openInvoices: [], openDeposits: [], counters: [], ledger: null };
    expect(answers[0]?.words).toEqual([{ say: 'skip', because: inspect(nothing) }]);
  });

  it('is asked only the questions it listens to, and its words come back to theirs', async () => {
    const engine = await engineWith('a-rule.ts', 'throws.ts');
    const other: Question = { ...question, event: anEvent('InvoicePaid', { invoiceid: 9 }) };
    const settings = turnedOn('steady', 'throws');
    const asked = await engine.ask([other, question, other, question], settings, NOBODY);
    expect(asked.answers.map((said) => said.question)).toEqual([1, 3]);
    expect(asked.faults.map((fault) => fault.question)).toEqual([1, 3]);
  });

  it('costs no thread while none is configured', async () => {
    const threads = () => process.getActiveResourcesInfo().filter((one) => one === 'MessagePort');
    const before = threads().length;
    const engine = await engineWith();
    expect(threads()).toHaveLength(before);
    await engine.ask(created(9), turnedOn('auto-apply'), NOBODY);
    expect(threads()).toHaveLength(before);
    await engineWith('a-rule.ts');
    expect(threads().length).toBeGreaterThan(before);
  });
});

describe('a rule that misbehaves', () => {
  it('is stopped when it hangs and named with its question; the others are heard', async () => {
    const engine = await engineWith('hangs.ts', 'a-rule.ts');
    const settings = turnedOn('hangs', 'steady', 'auto-apply');
    const { answers, faults } = await engine.ask(created(11, 12, 13, 14), settings, NOBODY);
    expect(faults).toEqual([
      {
        rule: 'hangs',
        kind: 'timeout',
        mode: 'on',
        question: 2,
        key: 'invoice:13',
        message: 'On invoice:13: The rule hangs did not answer within its time and was stopped.',
      },
    ]);
    expect(answers.filter(({ rule }) => rule === 'steady')).toHaveLength(4);
    expect(answers.filter(({ rule }) => rule === 'auto-apply')).toHaveLength(4);
    expect(answers.filter(({ rule }) => rule === 'hangs')).toHaveLength(0);
    // The thread was replaced: where it does not hang, the rule is heard again.
    const again = await engine.ask(created(14), settings, NOBODY);
    expect(again.answers.map(({ rule }) => rule)).toEqual(['auto-apply', 'hangs', 'steady']);
  });

  it('has its time by the processor, not by the clock, up to four times as long', async () => {
    const engine = await engineWith('waits.ts');
    const patient = await engine.ask(created(12), turnedOn('waits'), NOBODY);
    expect(patient.faults).toEqual([]);
    expect(patient.answers[0]?.words).toEqual([{ say: 'skip', because: 'It came back.' }]);
    const { faults } = await engine.ask(created(13), turnedOn('waits'), NOBODY);
    expect(faults).toEqual([
      expect.objectContaining({ rule: 'waits', kind: 'timeout', key: 'invoice:13' }),
    ]);
  });

  it('is named with what it threw', async () => {
    const engine = await engineWith('throws.ts', 'a-rule.ts');
    const { answers, faults } = await engine.ask(created(9), turnedOn('throws', 'steady'), NOBODY);
    expect(answers.map(({ rule }) => rule)).toEqual(['steady']);
    expect(faults).toEqual([
      expect.objectContaining({
        rule: 'throws',
        kind: 'threw',
        message: 'On invoice:9: The rule throws threw RangeError: no idea about 9',
      }),
    ]);
  });

  it('is named with the nonsense it returned', async () => {
    const engine = await engineWith('nonsense.mjs', 'a-rule.ts');
    const settings = turnedOn('nonsense', 'steady');
    const { answers, faults } = await engine.ask(created(9, 10, 11), settings, NOBODY);
    expect(answers.map(({ rule }) => rule)).toEqual(['steady', 'steady', 'steady']);
    expect(faults.map(({ kind, returned }) => [kind, returned])).toEqual([
      ['nonsense', 'undefined'],
      ['nonsense', expect.stringContaining("because: 'no fact, no amounts'")],
      ['nonsense', expect.stringContaining('Promise')],
    ]);
  });

  it('is left out of the rest of a page after a few faults', async () => {
    const engine = await engineWith('throws.ts');
    const many = created(...Array.from({ length: 50 }, (_, index) => index + 1));
    const { faults } = await engine.ask(many, turnedOn('throws'), NOBODY);
    expect(faults.map(({ key }) => key)).toEqual(['invoice:1', 'invoice:2', 'invoice:3']);
  });

  it('is named when it ends its thread', async () => {
    const engine = await engineWith('ends-its-thread.ts', 'a-rule.ts');
    const settings = turnedOn('ends-its-thread', 'steady');
    const { answers, faults } = await engine.ask(created(9), settings, NOBODY);
    expect(answers.map(({ rule }) => rule)).toEqual(['steady']);
    expect(faults).toEqual([
      expect.objectContaining({ rule: 'ends-its-thread', kind: 'threw', key: 'invoice:9' }),
    ]);
  });

  it('does not see the service’s environment', async () => {
    const engine = await engineWith('reads-the-environment.ts');
    const { answers } = await engine.ask(created(9), turnedOn('reads-the-environment'), NOBODY);
    expect(answers[0]?.words).toEqual([{ say: 'skip', because: '0 variables' }]);
  });
});

describe('a rule file', () => {
  it('that can’t be used is listed with its problem, and the others load', async () => {
    const engine = await engineWith(
      'broken-syntax.mjs',
      'exports-no-rule.ts',
      'wrong-declaration.mjs',
      'takes-a-built-in-name.ts',
      'no-such-file.ts',
      'package-of-a-provider',
    );
    const problems = engine
      .rules()
      .filter(({ problem }) => problem !== undefined)
      .map(({ source, problem }) => [source, problem]);
    expect(problems).toEqual([
      ['broken-syntax.mjs', expect.stringContaining('SyntaxError')],
      ['exports-no-rule.ts', expect.stringContaining('exports no rule')],
      ['wrong-declaration.mjs', expect.stringContaining('kebab-case')],
      [
        'takes-a-built-in-name.ts',
        expect.stringContaining('already taken by the rule from built-in'),
      ],
      ['no-such-file.ts', expect.stringContaining('neither a file or folder')],
    ]);
    expect(engine.rules().find(({ id }) => id === 'from-a-package')).toMatchObject({
      source: 'package-of-a-provider',
      defaults: { text: 'hello' },
    });
    const { answers } = await engine.ask(created(9), turnedOn('from-a-package'), NOBODY);
    expect(answers[0]?.words).toEqual([{ say: 'skip', because: 'hello' }]);
  });

  it.each(['hangs-while-loading.mjs', 'never-finishes-loading.mjs'])(
    'whose top level never ends is given up: %s',
    async (file) => {
      const engine = await engineWith(file, 'a-rule.ts');
      expect(engine.rules().find(({ source }) => source === file)?.problem).toContain(
        'It could not be loaded.',
      );
      const { answers } = await engine.ask(created(9), turnedOn('steady'), NOBODY);
      expect(answers).toHaveLength(1);
    },
  );
});
