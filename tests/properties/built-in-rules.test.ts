import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { roundToCurrency } from '../../src/money/index.ts';
import { limitedKinds } from '../../src/rules/effect.ts';
import { askedProposals } from '../../src/rules/engine/asked-proposals.ts';
import { createEvaluator } from '../../src/rules/engine/evaluate.ts';
import type { Question, RuleSetting } from '../../src/rules/engine/index.ts';
import { loadRules } from '../../src/rules/engine/load-rules.ts';
import { type LoadedRule, readRule } from '../../src/rules/engine/loaded-rule.ts';
import { describeRule } from '../../src/rules/engine/rule-info.ts';
import { builtInSources } from '../../src/rules/engine/rule-sources.ts';
import { UNWATCHED } from '../../src/rules/engine/watch.ts';
import { counted, daysAfter } from '../../src/rules/index.ts';
import { type Settled, type Settlement, settle } from '../../src/rules/settle/index.ts';
import { outsideRules } from '../support/outside-rules.ts';
import { dayAfter, type History, histories } from '../support/random-history/histories.ts';
import { LivedClient } from '../support/random-history/lived-client.ts';
import { POINTS, questionsAt } from '../support/random-history/questions.ts';
import { storedLike } from '../support/random-settings.ts';

// All built-in rules together, and rules as providers write them, over random settings in three layers and clients with random histories.

const { rules: builtIn } = await loadRules(builtInSources(), new Map(), UNWATCHED);
const rules = [...builtIn, ...outsideRules.map((one) => readRule(one, 'outside-rules.ts'))];
const IDS = rules.map(({ id }) => id);
const NOBODY: ReadonlySet<string> = new Set();
const LIMITED: ReadonlySet<string> = new Set(limitedKinds);
/** The same histories each time, so that a failure is one for everybody. */
const RUNS = { numRuns: 80, seed: 20_261_122 };

/** What settings of rules call their caps. */
const caps = z.object({
  capPerDeposit: z.record(z.string(), z.bigint()).default({}),
  largestRest: z.record(z.string(), z.bigint()).default({}),
  capPerPeriod: z.record(z.string(), z.bigint()).default({}),
  period: z.enum(['calendar-month', 'days']).default('days'),
  periodDays: z.int().default(1),
});

const someMode = fc.constantFrom<RuleSetting['mode']>('on', 'on', 'on', 'observe', 'off');
/** What has a cap is nearly always on: it is what shall not give too much, or twice. */
const mostlyOn = fc.oneof({ weight: 6, arbitrary: fc.constant('on' as const) }, someMode);

function seldom<One>(layer: fc.Arbitrary<One>): fc.Arbitrary<One | null> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, layer);
}

/** The layers of one rule's settings: for all, for the clients of group 1, and for client 1. */
function layersOf(rule: LoadedRule): fc.Arbitrary<readonly RuleSetting[]> {
  const schema = describeRule(rule).settingsJsonSchema;
  const settings = storedLike(schema).filter((one) => rule.settings.safeParse(one).success);
  const hasCap = /"(capPerPeriod|perDay)"/.test(JSON.stringify(schema));
  const layer = fc.record({ mode: hasCap ? mostlyOn : someMode, settings });
  return fc.tuple(layer, seldom(layer), seldom(layer)).map((layers) =>
    layers.flatMap((one, index) => {
      if (one === null) return [];
      const where = (['installation', 'group', 'client'] as const)[index] ?? 'client';
      const layerId = index === 0 ? 0 : 1;
      return { rule: rule.id, layer: where, layerId, version: 1 + index, ...one };
    }),
  );
}

const scenario = fc.record({
  history: histories(IDS),
  settings: fc.tuple(...rules.map(layersOf)).map((all) => all.flat()),
});

/** What was decided together on one day. */
interface Batch {
  readonly today: string;
  readonly questions: readonly Question[];
  readonly settlements: readonly Settlement[];
  /** Effects that were decided, and those of them that were carried out. */
  readonly wanted: readonly Settled[];
  readonly done: readonly Settled[];
}

/** Lives through a history under these settings: each batch is decided and carried out before the next. */
function live(
  { pasts, steps, whmcsVersion }: History,
  settings: readonly RuleSetting[],
  listed: readonly LoadedRule[] = rules,
): readonly Batch[] {
  const evaluator = createEvaluator(listed, settings, UNWATCHED);
  const clients = pasts.map((one, index) => new LivedClient(index + 1, one, IDS));
  const answered = new Set<string>();
  const batches: Batch[] = [];
  for (const [delivery, step] of steps.entries()) {
    const today = dayAfter(batches.at(-1)?.today ?? null, step);
    const day = { today, delivery, whmcsVersion };
    const questions = clients.flatMap((client) =>
      step.points.flatMap((point) => questionsAt(point, client, day)),
    );
    const settlements = decide(evaluator, questions, answered);
    const wanted = settlements
      .flatMap(({ settled }) => settled)
      .filter(({ outcome }) => outcome === 'effect');
    const done = wanted.filter((one) => clients[one.clientId - 1]?.carryOut(one, today));
    for (const { fact, effect } of done) {
      // What is reserved for something changes with it.
      if (fact !== null && effect?.kind !== 'reserve') answered.add(fact);
    }
    batches.push({ today, questions, settlements, wanted, done });
  }
  return batches;
}

function decide(
  evaluator: ReturnType<typeof createEvaluator>,
  questions: readonly Question[],
  answered: ReadonlySet<string>,
): readonly Settlement[] {
  const { answers, faults } = evaluator.decide(questions, NOBODY);
  const proposals = askedProposals(questions, answers, LIMITED);
  const limiting = evaluator.limit(proposals, NOBODY);
  expect([...faults, ...limiting.faults]).toEqual([]);
  const limits = limiting.limits.flatMap(({ proposal, ...one }) => {
    const word = proposals[proposal]?.word;
    return word === undefined ? [] : { ...one, word };
  });
  const balances = new Map(
    questions.map(({ facts: { client } }) => [client.id, client.spendableHundredths]),
  );
  return settle(questions, answers, balances, { limits, live: new Set(answered) });
}

function sum(all: readonly Settled[]): bigint {
  return all.reduce((total, one) => total + one.amountHundredths, 0n);
}

function ofKinds(all: readonly Settled[], ...kinds: readonly string[]): readonly Settled[] {
  return all.filter(({ effect }) => kinds.includes(effect?.kind ?? ''));
}

/** The clients of a batch as they were before it, with what was decided for each, and what of that was done. */
function byClient({ questions, wanted, done }: Batch) {
  const clients = new Map(questions.map(({ facts: { client } }) => [client.id, client]));
  return [...clients.values()].map((client) => ({
    client,
    wanted: wanted.filter(({ clientId }) => clientId === client.id),
    done: done.filter(({ clientId }) => clientId === client.id),
  }));
}

test('every point that a built-in rule listens on is asked about here', () => {
  const points = new Set(builtIn.flatMap(({ on }) => [...on]));
  expect([...points].filter((one) => !(POINTS as readonly string[]).includes(one))).toEqual([]);
});

test('in these histories every built-in rule does something, or limits what another does', () => {
  const heard = new Set<string>();
  for (const { history, settings } of fc.sample(scenario, RUNS)) {
    for (const { settlements } of live(history, settings)) {
      for (const { rule, outcome, trace } of settlements.flatMap(({ settled }) => settled)) {
        if (outcome === 'effect') heard.add(rule);
        for (const step of trace.steps) if (step.step === 'limit') heard.add(step.rule ?? '');
      }
    }
  }
  expect(builtIn.map(({ id }) => id).filter((id) => !heard.has(id))).toEqual([]);
});

test('the order in which rules and settings are listed changes nothing', () => {
  const whole = <One>(all: readonly One[]) =>
    fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
  fc.assert(
    fc.property(
      scenario.chain((one) =>
        fc.record({
          one: fc.constant(one),
          listed: whole(rules),
          shuffled: whole(one.settings),
        }),
      ),
      ({ one: { history, settings }, listed, shuffled }) => {
        const told = (batches: readonly Batch[]) =>
          batches
            .flatMap(({ settlements }) => settlements)
            .map(({ settled, answer }) => [answer, settled.map(({ question: _, ...one }) => one)]);
        expect(told(live(history, shuffled, listed))).toEqual(told(live(history, settings)));
      },
    ),
    RUNS,
  );
});

test('no set of rules spends more than is available, spends of a frozen client, or puts more on an invoice than it needs', () => {
  fc.assert(
    fc.property(scenario, ({ history, settings }) => {
      for (const batch of live(history, settings)) {
        for (const { client, wanted } of byClient(batch)) {
          const free = client.creditHundredths - client.heldHundredths;
          const available = free > 0n && client.frozenBecause === null ? free : 0n;
          expect(sum(ofKinds(wanted, 'apply', 'remove'))).toBeLessThanOrEqual(available);
          const invoices = new Map(
            batch.questions.flatMap(({ facts: { client: of, openInvoices } }) =>
              of.id === client.id ? openInvoices.map((one) => [one.id, one] as const) : [],
            ),
          );
          for (const [id, { balanceHundredths }] of invoices) {
            const onIt = ofKinds(wanted, 'apply', 'forgive').filter(
              ({ invoiceId }) => invoiceId === id,
            );
            expect(sum(onIt)).toBeLessThanOrEqual(balanceHundredths);
          }
          for (const { creditOn, invoice } of batch.questions.map(({ facts }) => facts)) {
            const back = ofKinds(wanted, 'return').filter(
              ({ invoiceId }) => invoiceId === invoice?.id,
            );
            if (back.length > 0) {
              expect(sum(back)).toBeLessThanOrEqual(creditOn?.leftHundredths ?? 0n);
            }
          }
        }
      }
    }),
    RUNS,
  );
});

test('no rule gives more than its cap, for a deposit, a rest, a day or a period, whatever was given before', () => {
  fc.assert(
    fc.property(scenario, ({ history, settings }) => {
      const batches = live(history, settings);
      for (const rule of rules) {
        for (const [today, ofDay] of Map.groupBy(batches, (one) => one.today)) {
          for (const [index] of history.pasts.entries()) {
            const all = ofDay.flatMap((batch) => byClient(batch));
            const [first] = all.filter(({ client }) => client.id === index + 1);
            if (first === undefined) continue;
            const own = settingsFor(rule, settings, first.client);
            const given = ofKinds(
              all.flatMap(({ done }) => done),
              'grant',
              'forgive',
            ).filter((one) => one.clientId === first.client.id && one.rule === rule.id);
            if (own.mode !== 'on') expect(given).toEqual([]);
            else expectWithinCaps({ rule, settings: own.settings, given, today });
          }
        }
      }
    }),
    RUNS,
  );
});

/** As the layers are meant: each names whole settings, and the nearest to the client says whether the rule is on. */
function settingsFor(
  rule: LoadedRule,
  rows: readonly RuleSetting[],
  { id, groupId }: { readonly id: number; readonly groupId: number },
): { readonly mode: RuleSetting['mode']; readonly settings: unknown } {
  const mine = { installation: 0, group: groupId, client: id };
  const layers = rows.filter((row) => row.rule === rule.id && row.layerId === mine[row.layer]);
  const last = (['client', 'group', 'installation'] as const).flatMap((layer) =>
    layers.filter((row) => row.layer === layer),
  );
  const merged = last.toReversed().map(({ settings }) => settings as object);
  return {
    mode: last[0]?.mode ?? 'off',
    settings: rule.settings.parse(Object.assign({}, ...merged)),
  };
}

interface Giving {
  readonly rule: LoadedRule;
  readonly settings: unknown;
  /** What the rule gave one client on one day. */
  readonly given: readonly Settled[];
  readonly today: string;
}

function expectWithinCaps({ rule, settings, given, today }: Giving): void {
  const [first] = given;
  if (first === undefined) return;
  const { facts } = first.question;
  const { currency } = facts.client;
  const most = (rule.givesAtMost?.(settings) ?? {}) as Readonly<Record<number, bigint | null>>;
  const ofDay = most[currency.id] === undefined ? 0n : most[currency.id];
  if (ofDay !== null && ofDay !== undefined) expect(sum(given)).toBeLessThanOrEqual(ofDay);

  const { capPerDeposit, largestRest, capPerPeriod, period, periodDays } = caps.parse(settings);
  for (const { effect, amountHundredths } of given) {
    const each = (effect?.kind === 'grant' ? capPerDeposit : largestRest)[currency.id];
    if (each !== undefined) expect(amountHundredths).toBeLessThanOrEqual(each);
    if (effect?.kind === 'grant') {
      expect(roundToCurrency(amountHundredths, currency.decimals, 'down')).toBe(amountHundredths);
    }
  }
  const ofPeriod = capPerPeriod[currency.id];
  if (ofPeriod === undefined) return;
  const since =
    period === 'calendar-month' ? `${today.slice(0, 7)}-01` : daysAfter(today, 1 - periodDays);
  const before = counted(
    facts.counters.filter((one) => one.rule === rule.id),
    first.effect?.kind ?? '',
    since,
  );
  // What was given on the day before the first of these is among the counters.
  expect(before.amountHundredths + sum(given)).toBeLessThanOrEqual(
    before.amountHundredths > ofPeriod ? before.amountHundredths : ofPeriod,
  );
}

test('no set of rules acts twice on a fact, or on one occasion by another name', () => {
  fc.assert(
    fc.property(scenario, ({ history, settings }) => {
      const done = live(history, settings).flatMap((batch) => batch.done);
      const acts = done.filter(({ effect }) => effect?.kind !== 'reserve');
      expectDistinct(acts.map(({ fact }) => fact));
      // A fact that named the delivery would be another one each time.
      expectDistinct(ofKinds(acts, 'grant', 'forgive').map(giftOf));
      expectDistinct(
        ofKinds(acts, 'apply', 'cancel', 'return', 'park', 'mail', 'freeze').map(occasionOf),
      );
    }),
    RUNS,
  );
});

/** A rule gives once for an invoice. */
function giftOf({ rule, clientId, effect, invoiceId }: Settled): unknown {
  const forInvoice = effect?.kind === 'grant' ? effect.followsInvoiceId : invoiceId;
  return [rule, clientId, effect?.kind, forInvoice];
}

/** What happened on a day, and what a rule did about it; on the next day it may do more. */
function occasionOf({ rule, clientId, effect, invoiceId, question }: Settled): unknown {
  const { key, event } = question;
  return [key, event.name, event.localDate, rule, clientId, effect?.kind, invoiceId];
}

function expectDistinct(all: readonly unknown[]): void {
  const names = all.map((one) => JSON.stringify(one));
  expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
}
