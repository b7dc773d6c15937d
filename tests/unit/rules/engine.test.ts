import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  createEngine,
  type Engine,
  type Question,
  type RuleSetting,
} from '../../../src/rules/engine/index.ts';
import { settle } from '../../../src/rules/settle/index.ts';
import { aClient, aGrant, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';
import { removeFolder } from '../../support/processes.ts';

const BUILT_IN = join(import.meta.dirname, '../../../src/rules/built-in');
const EXAMPLE = join(import.meta.dirname, '../../../examples/keep-credit-from-gateways');
const FIXTURES = join(import.meta.dirname, '../../fixtures/rules');
/** Of processor time, so a busy machine takes nothing away; short enough to wait for. */
const TIMEOUT_MS = 1000;
const NOBODY: ReadonlySet<string> = new Set();

const engines: Engine[] = [];
const folders: string[] = [];
afterEach(async () => {
  await Promise.all(engines.splice(0).map((engine) => engine.close()));
  for (const folder of folders.splice(0)) removeFolder(folder);
});

async function engineWith(...rules: readonly string[]): Promise<Engine> {
  const engine = await createEngine({
    rules,
    timeoutMs: TIMEOUT_MS,
    workingDirectory: FIXTURES,
    threads: 1,
  });
  engines.push(engine);
  return engine;
}

function created(...invoiceIds: readonly number[]): readonly Question[] {
  return invoiceIds.map((id) => ({
    key: `invoice:${id}`,
    event: anEvent('InvoiceCreated', { invoiceid: id }),
    facts: someFacts({ client: aClient({ creditHundredths: 1500n }), invoice: anInvoice({ id }) }),
  }));
}

function turnedOn(...rules: readonly string[]): readonly RuleSetting[] {
  return rules.map((rule) => setting(rule, {}));
}

function setting(rule: string, change: Partial<RuleSetting>): RuleSetting {
  return {
    rule,
    mode: 'on',
    layer: 'installation',
    layerId: 0,
    version: 1,
    settings: {},
    ...change,
  };
}

describe('the built-in rules', () => {
  it('are described with a form and defaults, and are asked', async () => {
    const engine = await engineWith();
    const files = readdirSync(BUILT_IN).map((name) => name.replace(/\.ts$/, ''));
    expect(engine.rules().map(({ id, source, problem }) => ({ id, source, problem }))).toEqual(
      files.sort().map((id) => ({ id, source: 'built-in', problem: undefined })),
    );
    const autoApply = engine.rules().find(({ id }) => id === 'auto-apply');
    const depositBonus = engine.rules().find(({ id }) => id === 'deposit-bonus');
    expect(depositBonus?.defaults).toHaveProperty('followsRefund', true);
    expect(autoApply?.defaults).toMatchObject({ atCreation: true, reserve: {}, mail: 'as-is' });
    expect(depositBonus?.defaults).not.toHaveProperty('tiers');
    expect(autoApply?.settingsJsonSchema).toMatchObject({
      properties: {
        dueOffsetDays: { minimum: -30, maximum: 30, control: 'days' },
        reserve: { control: 'amount-per-currency', default: {} },
        coverage: { enum: ['partial', 'whole-only'], labels: { partial: 'As much as there is' } },
      },
    });

    const { answers, faults } = await engine.ask(created(9), turnedOn('auto-apply'), NOBODY);
    expect(faults).toEqual([]);
    expect(answers).toEqual([
      {
        question: 0,
        key: 'invoice:9',
        rule: 'auto-apply',
        mode: 'on',
        settingsVersion: 1,
        words: [
          {
            say: 'propose',
            fact: 'auto-apply:invoice:9:created',
            because: 'The invoice was created.',
            effect: {
              kind: 'apply',
              invoiceId: 9,
              atMostHundredths: null,
              wholeOnly: false,
              reserveHundredths: 0n,
              smallestRestHundredths: 0n,
              noEmail: false,
            },
          },
        ],
      },
    ]);
  });

  it('say what follows from settings, or what is wrong with them', async () => {
    const engine = await engineWith();
    const settings = { dueOffsetDays: -3, mail: 'before-mail' };
    expect(await engine.validateSettings('auto-apply', settings)).toEqual({
      ok: true,
      settings,
      dueWithinDays: 3,
      inline: ['InvoiceCreationPreEmail'],
      outerLimits: {},
    });
    expect(
      await engine.validateSettings('auto-apply', { dueOffsetDays: -31, reserve: { 1: '-5' } }),
    ).toEqual({
      ok: false,
      problems: [
        { path: 'dueOffsetDays', message: expect.stringContaining('-30') },
        { path: 'reserve.1', message: 'An amount looks like 10.00 and is not negative.' },
      ],
    });
    expect(await engine.validateSettings('no-such-rule', {})).toMatchObject({ ok: false });
  });

  it('are not asked when off, paused, or when the hook is another one', async () => {
    const engine = await engineWith();
    const off = [setting('auto-apply', { mode: 'off' })];
    expect(await engine.ask(created(9), off, NOBODY)).toEqual({
      answers: [],
      limits: [],
      faults: [],
    });
    expect(await engine.ask(created(9), [], NOBODY)).toEqual({
      answers: [],
      limits: [],
      faults: [],
    });
    expect(await engine.ask(created(9), turnedOn('auto-apply'), new Set(['auto-apply']))).toEqual({
      answers: [],
      limits: [],
      faults: [],
    });
    expect(await engine.ask(created(9), turnedOn('deposit-bonus'), NOBODY)).toEqual({
      answers: [],
      limits: [],
      faults: [],
    });
  });
});

describe('a built-in rule that fails', () => {
  it('is named with what it threw, and the others are heard', async () => {
    const engine = await engineWith('a-rule.ts');
    const broken: Question = {
      key: 'invoice:9',
      event: anEvent('InvoiceCreated', { invoiceid: 9 }),
      // No such client exists: the loader always names a currency.
      facts: someFacts({
        client: { ...aClient(), currency: undefined } as never,
        invoice: anInvoice(),
      }),
    };
    const settings = turnedOn('auto-apply', 'steady');
    const { answers, faults } = await engine.ask([broken], settings, NOBODY);
    expect(answers.map(({ rule }) => rule)).toEqual(['steady']);
    expect(faults).toEqual([
      expect.objectContaining({
        rule: 'auto-apply',
        kind: 'threw',
        question: 0,
        message: expect.stringContaining('On invoice:9: The rule auto-apply threw TypeError'),
      }),
    ]);
  });
});

describe('layers of settings', () => {
  const layers = [
    setting('steady', { settings: { count: 1 } }),
    setting('steady', { layer: 'group', layerId: 7, version: 2, settings: { count: 2 } }),
    setting('steady', { layer: 'client', layerId: 5, version: 3, mode: 'observe', settings: {} }),
    setting('steady', { layer: 'client', layerId: 6, version: 4, mode: 'off', settings: {} }),
  ];
  const of = (clientId: number, groupId: number): Question => ({
    key: `client:${clientId}`,
    event: anEvent('InvoiceCreated', { invoiceid: 9 }),
    facts: someFacts({ client: aClient({ id: clientId, groupId }) }),
  });

  it('count from the most special one, setting by setting', async () => {
    const engine = await engineWith('a-rule.ts');
    const { answers } = await engine.ask([of(1, 0), of(2, 7), of(5, 7), of(6, 7)], layers, NOBODY);
    expect(
      answers.map(({ key, mode, settingsVersion, words }) => [
        key,
        mode,
        settingsVersion,
        words[0]?.because,
      ]),
    ).toEqual([
      ['client:1', 'on', 1, 'It counts 1.'],
      ['client:2', 'on', 2, 'It counts 2.'],
      ['client:5', 'observe', 3, 'It counts 2.'],
    ]);
  });

  it('count anew when they changed, and a rule they do not fit any more is named', async () => {
    const engine = await engineWith('a-rule.ts');
    await engine.ask([of(1, 0)], layers, NOBODY);
    const changed = await engine.ask(
      [of(1, 0)],
      [setting('steady', { settings: { count: 4 } })],
      NOBODY,
    );
    expect(changed.answers[0]?.words[0]?.because).toBe('It counts 4.');
    const unfit = await engine.ask(
      [of(1, 0)],
      [setting('steady', { settings: { count: 'many' } })],
      NOBODY,
    );
    expect(unfit.answers).toEqual([]);
    expect(unfit.faults).toEqual([
      expect.objectContaining({
        rule: 'steady',
        kind: 'settings',
        message: expect.stringContaining('do not fit'),
      }),
    ]);
  });
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
      ownGrants: [{ rule: 'tells-all', on: '2026-11-01', amountHundredths: 5n }],
      ledger: { balanceHundredths: 0n, seenLogId: 7, grants: [aGrant({ moves: 3n })] },
    }),
  };

  it('is given in its thread exactly what is known', async () => {
    const engine = await engineWith('tells-what-it-is-given.ts');
    const { answers } = await engine.ask([question], turnedOn('tells-all'), NOBODY);
    const { event, facts } = question;
    const told = createHash('sha256')
      .update(inspect({ event, facts }, { depth: 9, sorted: true }))
      .digest('hex');
    expect(answers[0]?.words).toEqual([{ say: 'skip', because: told }]);
  });

  it('is not sent the facts that nobody in its thread asked for', async () => {
    const engine = await engineWith('tells-what-it-is-given.ts');
    const { answers } = await engine.ask([question], turnedOn('tells-little'), NOBODY);
    const nothing = { openInvoices: [], openDeposits: [], ownGrants: [], ledger: null };
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
    expect(limits.map(({ rule }) => rule)).toEqual(['limiter', 'limiter', 'limiter']);
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
    expect(limits).toEqual([]);
    expect(faults).toEqual([
      expect.objectContaining({
        rule: 'nonsense-at-proposals',
        kind: 'nonsense',
        returned: "{ atMostHundredths: -1n, because: 'less than nothing' }",
      }),
    ]);
  });

  it('is not asked when off or paused', async () => {
    const engine = await engineWith('limits.ts');
    const paused = new Set(['limiter', 'throws-at-proposals']);
    const { limits, faults } = await engine.ask(created(9), settings, paused);
    expect([limits, faults]).toEqual([[], []]);
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
    const folder = mkdtempSync(join(tmpdir(), 'creditbridge-rule-'));
    folders.push(folder);
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
    const folder = mkdtempSync(join(tmpdir(), 'creditbridge-rule-'));
    folders.push(folder);
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

describe('the engine', () => {
  it('answers pages that come at the same time, each with its own questions', async () => {
    const engine = await engineWith('a-rule.ts');
    const settings = turnedOn('steady');
    const pages = await Promise.all(
      [1, 2, 3, 4, 5].map((id) => engine.ask(created(id, id + 10), settings, NOBODY)),
    );
    expect(pages.map(({ answers }) => answers.map(({ key }) => key))).toEqual(
      [1, 2, 3, 4, 5].map((id) => [`invoice:${id}`, `invoice:${id + 10}`]),
    );
  });

  it('refuses questions once it is closed', async () => {
    const engine = await engineWith();
    await engine.close();
    await expect(engine.ask(created(9), turnedOn('auto-apply'), NOBODY)).rejects.toThrow(
      expect.objectContaining({ code: 'engine-closed' }),
    );
  });

  it('rejects what is under way when it is closed', async () => {
    const engine = await engineWith('hangs.ts');
    const asking = engine.ask(created(13), turnedOn('hangs'), NOBODY);
    const refused = expect(asking).rejects.toThrow(
      expect.objectContaining({ code: 'engine-closed' }),
    );
    await engine.close();
    await refused;
  });
});
