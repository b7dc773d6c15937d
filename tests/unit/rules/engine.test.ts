import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Question } from '../../../src/rules/engine/index.ts';
import { aClient, anEvent, anInvoice, someFacts } from '../../../src/rules/testing.ts';
import { created, NOBODY, ruleEngines, setting, turnedOn } from '../../support/rule-engines.ts';

const BUILT_IN = join(import.meta.dirname, '../../../src/rules/built-in');
const { engineWith } = ruleEngines();

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
              turn: 0n,
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
      dailyClients: {
        withBalance: false,
        withGrants: false,
        withServices: false,
        servicesDueWithinDays: 0,
        withPartlyPaid: false,
      },
      inline: ['InvoiceCreationPreEmail'],
      outerLimits: {},
      offersClients: [],
      whenMoneyGoesBack: 'in-proportion',
      givesAtMost: {},
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

  it('are not asked about what is for others only', async () => {
    const engine = await engineWith();
    const askedOnly = async (...rules: readonly string[]) => {
      const questions = created(9).map((one) => ({ ...one, only: new Set(rules) }));
      const { answers } = await engine.ask(questions, turnedOn('auto-apply'), NOBODY);
      return answers.map(({ rule }) => rule);
    };
    expect(await askedOnly('auto-apply')).toEqual(['auto-apply']);
    expect(await askedOnly('deposit-bonus')).toEqual([]);
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
