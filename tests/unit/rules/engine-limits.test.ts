import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/rules/engine/index.ts';
import { settle } from '../../../src/rules/settle/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';
import { created, NOBODY, ruleEngines, setting, turnedOn } from '../../support/rule-engines.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/keep-credit-from-gateways');
const { engineWith, newFolder } = ruleEngines();

describe('a rule that limits', () => {
  const settings = turnedOn('auto-apply', 'limiter', 'throws-at-proposals', 'hangs-at-proposals');
  const without = (...ids: readonly string[]) => settings.filter(({ rule }) => !ids.includes(rule));

  it('is described with what it limits, and listens to no hook', async () => {
    const engine = await engineWith('limits.ts', 'limits-nonsense.mjs');
    const described = engine
      .rules()
      .map(({ id, on, limits, problem }) => [id, on, limits, problem]);
    expect(described).toContainEqual(['limiter', [], ['apply'], undefined]);
    expect(described).toContainEqual([
      'decides-and-limits',
      ['InvoiceCreated'],
      ['grant'],
      undefined,
    ]);
    expect(engine.rules().find(({ problem }) => problem !== undefined)?.problem).toContain(
      'weather',
    );
  });

  it('is asked about each proposal, under the settings of its layers', async () => {
    const engine = await engineWith('limits.ts');
    const group = setting('limiter', {
      layer: 'group',
      layerId: 7,
      version: 2,
      settings: { atMost: 2 },
    });
    const off = setting('limiter', { layer: 'client', layerId: 6, mode: 'off' });
    const of = (client: number, groupId: number): Question => ({
      key: `client:${client}`,
      event: anEvent('InvoiceCreated', { invoiceid: client }),
      facts: someFacts({
        client: aClient({ id: client, groupId, creditHundredths: 1500n }),
        invoice: anInvoice({ id: client, clientId: client }),
      }),
    });
    const { answers, limits } = await engine.ask(
      [of(5, 0), of(8, 7), of(6, 0)],
      [...turnedOn('auto-apply', 'limiter'), group, off],
      NOBODY,
    );
    expect(limits).toEqual([
      {
        word: answers[0]?.words[0],
        rule: 'limiter',
        mode: 'on',
        settingsVersion: 1,
        limit: { atMostHundredths: 500n, budget: 'invoice 5', because: 'At most 5 on invoice 5.' },
      },
      {
        word: answers[1]?.words[0],
        rule: 'limiter',
        mode: 'on',
        settingsVersion: 2,
        limit: { atMostHundredths: 200n, budget: 'invoice 8', because: 'At most 2 on invoice 8.' },
      },
    ]);
    // The very word, so that settling finds it.
    expect(limits[0]?.word).toBe(answers[0]?.words[0]);
  });

  it('that hangs or throws is named with the proposal’s question; the others are heard', async () => {
    const engine = await engineWith('limits.ts');
    const questions = created(12, 13, 14);
    const { limits, faults } = await engine.ask(questions, settings, NOBODY);
    expect(faults.map(({ rule, kind, key, question }) => [rule, kind, key, question])).toEqual([
      ['hangs-at-proposals', 'timeout', 'invoice:13', 1],
      ['throws-at-proposals', 'threw', 'invoice:12', 0],
      ['throws-at-proposals', 'threw', 'invoice:13', 1],
      ['throws-at-proposals', 'threw', 'invoice:14', 2],
    ]);
    const answered = limits.filter(({ limit }) => limit.atMostHundredths > 0n);
    expect(answered.map(({ rule }) => rule)).toEqual(['limiter', 'limiter', 'limiter']);
    const told = settle(questions, [], new Map(), { faults });
    expect(told.map(({ settled }) => settled.map(({ rule }) => rule))).toEqual([
      ['throws-at-proposals'],
      ['hangs-at-proposals', 'throws-at-proposals'],
      ['throws-at-proposals'],
    ]);
  });

  it('is named with the nonsense it returned', async () => {
    const engine = await engineWith('limits-nonsense.mjs');
    const on = [...without('limiter'), setting('nonsense-at-proposals', {})];
    const { limits, faults } = await engine.ask(created(9), on, NOBODY);
    expect(limits.map(({ rule, limit }) => [rule, limit.atMostHundredths])).toEqual([
      ['nonsense-at-proposals', 0n],
    ]);
    expect(faults).toEqual([
      expect.objectContaining({
        rule: 'nonsense-at-proposals',
        kind: 'nonsense',
        returned: "{ atMostHundredths: -1n, because: 'less than nothing' }",
      }),
    ]);
  });

  it('that fails holds back what it limits, and nothing else', async () => {
    const engine = await engineWith('limits.ts', 'limits-nonsense.mjs');
    const settled = async (id: string, mode: 'on' | 'observe' = 'on') => {
      const on = [setting('auto-apply', {}), setting(id, { mode })];
      const questions = created(12, 13);
      const { answers, limits, faults } = await engine.ask(questions, on, NOBODY);
      return settle(questions, answers, new Map(), { limits, faults }).map((one) =>
        one.settled
          .filter(({ outcome }) => outcome !== 'faulted')
          .map(({ rule, outcome, amountHundredths, reason }) => [
            rule,
            outcome,
            amountHundredths,
            reason,
          ]),
      );
    };
    const paid = ['auto-apply', 'effect', expect.anything(), expect.anything()];
    const heldBack = (id: string, how = 'but failed to say how much it allows') => [
      'auto-apply',
      'skipped',
      0n,
      expect.stringContaining(`The rule ${id} limits this, ${how}.`),
    ];
    expect(await settled('throws-at-proposals')).toEqual([
      [heldBack('throws-at-proposals')],
      [heldBack('throws-at-proposals')],
    ]);
    expect(await settled('nonsense-at-proposals')).toEqual([
      [heldBack('nonsense-at-proposals')],
      [heldBack('nonsense-at-proposals')],
    ]);
    const stopped = 'but it failed and is stopped';
    expect(await settled('hangs-at-proposals')).toEqual([
      [heldBack('hangs-at-proposals', stopped)],
      [heldBack('hangs-at-proposals', stopped)],
    ]);
    // A grant is none of its business, and a rule that only observes holds nothing back.
    expect((await settled('decides-and-limits'))[0]).toEqual([paid]);
    const [observed] = await settled('throws-at-proposals', 'observe');
    expect(observed).toContainEqual(paid);
    expect(observed).toContainEqual([
      'throws-at-proposals',
      'observed',
      expect.anything(),
      expect.stringContaining('Would have limited 20.00 USD to 0.00 USD'),
    ]);
  });

  it('is not asked when off; paused, it holds back what it limits', async () => {
    const engine = await engineWith('limits.ts');
    const paused = new Set(['limiter', 'throws-at-proposals']);
    const { limits, faults } = await engine.ask(created(9), settings, paused);
    expect(faults).toEqual([]);
    expect(limits.map(({ rule, limit }) => [rule, limit.atMostHundredths])).toEqual([
      ['limiter', 0n],
      ['throws-at-proposals', 0n],
    ]);
    const off = [setting('auto-apply', {}), setting('limiter', { mode: 'off' })];
    expect((await engine.ask(created(9), off, NOBODY)).limits).toEqual([]);
  });
});

describe('the example of a provider’s rule', () => {
  /** A point that the example never heard of. */
  const question: Question = {
    key: 'client:5',
    event: anEvent('ClientAdd', { userid: 5 }),
    facts: someFacts({
      client: aClient({ creditHundredths: 1500n }),
      openInvoices: [anInvoice({ id: 8, gateway: 'sepa' }), anInvoice({ id: 9 })],
    }),
  };

  async function settledWith(mode: 'on' | 'observe') {
    const folder = newFolder();
    cpSync(EXAMPLE, folder, { recursive: true });
    const engine = await engineWith(folder, 'welcomes.ts');
    const settings = [
      setting('welcomes', {}),
      setting('keep-credit-from-gateways', { mode, settings: { gateways: ['sepa'] } }),
    ];
    const { answers, limits, faults } = await engine.ask([question], settings, NOBODY);
    expect(faults).toEqual([]);
    const [settlement] = settle([question], answers, new Map(), { limits });
    return settlement?.settled.map(({ rule, outcome, invoiceId, reason }) => [
      rule,
      outcome,
      invoiceId,
      reason,
    ]);
  }

  it('keeps credit off such an invoice, whatever made another rule propose it', async () => {
    expect(await settledWith('on')).toEqual([
      [
        'welcomes',
        'skipped',
        8,
        'No credit on invoice #8. Invoices paid by sepa keep their full amount.',
      ],
      ['welcomes', 'effect', 9, expect.stringContaining('15.00 USD of 20.00 USD due')],
    ]);
  });

  it('tells while it observes what it would have kept, and keeps nothing', async () => {
    expect(await settledWith('observe')).toEqual([
      [
        'keep-credit-from-gateways',
        'observed',
        8,
        'Would have limited 20.00 USD to 0.00 USD. Invoices paid by sepa keep their full amount.',
      ],
      ['welcomes', 'effect', 8, expect.stringContaining('15.00 USD of 20.00 USD due')],
      ['welcomes', 'skipped', 9, expect.stringContaining('0.00 USD of credit can be spent')],
    ]);
  });
});

describe('the rules on the page about writing rules', () => {
  it('work as they are printed', async () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/writing-rules.md'), 'utf8');
    const printed = [...page.matchAll(/```ts\n(.*?)```/gs)].filter(([, text = '']) =>
      text.includes('defineRule('),
    );
    const folder = newFolder();
    for (const [index, [, text = '']] of printed.entries()) {
      writeFileSync(join(folder, `rule-${index}.ts`), text);
    }
    const engine = await engineWith(folder);
    expect(engine.rules().filter(({ problem }) => problem !== undefined)).toEqual([]);
    const settings = [
      setting('auto-apply', {}),
      setting('thank-you', { settings: { thanks: { 1: '2.00' } } }),
      setting('careful', { settings: { most: { 1: '10.00' } } }),
    ];
    const paid: Question = {
      key: 'invoice:8',
      event: anEvent('InvoicePaid', { invoiceid: 8 }),
      facts: someFacts({ invoice: anInvoice({ id: 8, status: 'Paid' }) }),
    };
    const questions = [paid, ...created(9)];
    const { answers, limits } = await engine.ask(questions, settings, NOBODY);
    const settled = settle(questions, answers, new Map(), { limits }).flatMap((one) => one.settled);
    expect(settled.map(({ rule, amountHundredths }) => [rule, amountHundredths])).toEqual([
      ['thank-you', 200n],
      ['auto-apply', 1000n],
    ]);
  });
});
