import { z } from 'zod';
import type { Facts } from '../facts.ts';
import { skip } from '../say.ts';
import { limitSchema, wordsSchema } from '../word-schema.ts';
import type { Limit, Word } from '../words.ts';
import { describeValue } from './describe-value.ts';
import type {
  AskedProposal,
  Limiting,
  Question,
  RuleFault,
  RuleSetting,
  Said,
  SaidLimit,
} from './engine.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { MONEY_BACK } from './points-of.ts';
import { createSettingsResolver, type ResolvedSettings } from './resolve-settings.ts';
import { hasMoneyBack, takeInProportion } from './take-in-proportion.ts';
import type { Watch } from './watch.ts';
import { wayBackOf } from './way-back-of.ts';

/** After this many faults in one batch, the batch goes on without the rule. */
const FAULTS_PER_BATCH_MAX = 3;

export interface Decided {
  readonly answers: readonly Said[];
  readonly faults: readonly RuleFault[];
}

/** Asks rules under one set of settings, in the calling thread, rule by rule. */
export interface Evaluator {
  /** Asks every rule that listens, is on or observes, and is not left out. */
  decide(questions: readonly Question[], leftOut: ReadonlySet<string>): Decided;
  /**
   * Asks every such rule that limits about each proposal of an effect that it limits. What a rule that failed, or is left out,
   * did not answer is withheld: the proposal gets a limit of zero.
   */
  limit(proposals: readonly AskedProposal[], leftOut: ReadonlySet<string>): Limiting;
}

export function createEvaluator(
  rules: readonly LoadedRule[],
  rows: readonly RuleSetting[],
  watch: Watch,
): Evaluator {
  const resolvers = rules.map((rule) => createSettingsResolver(rule, rows));

  /** Asks each rule what it listens to, and yields its answers with the rule and its settings. */
  function* askEach<Asked extends { readonly key: string; readonly facts: Facts }, Answer>(
    all: readonly Asked[],
    leftOut: ReadonlySet<string>,
    faults: RuleFault[],
    call: Call<Asked, Answer>,
  ): Generator<Heard<Answer>> {
    for (const [which, rule] of rules.entries()) {
      const settingsFor = resolvers[which];
      if (settingsFor === undefined || leftOut.has(rule.id)) continue;
      watch.begin('deciding', which);
      let faultsOfRule = 0;
      for (const [index, asked] of all.entries()) {
        if (!call.hears(rule, asked)) continue;
        const { client } = asked.facts;
        const resolved = settingsFor(client.groupId, client.id);
        if (resolved.mode === 'off') continue;
        watch.question(index);
        const answer = answerOf(rule, asked, resolved, call);
        if ('answer' in answer) {
          yield {
            index,
            rule: rule.id,
            mode: resolved.mode,
            settingsVersion: resolved.version,
            answer: answer.answer,
          };
          continue;
        }
        faults.push({
          ...answer,
          message: `On ${asked.key}: ${answer.message}`,
          rule: rule.id,
          mode: resolved.mode,
          question: call.questionOf(asked, index),
          key: asked.key,
        });
        faultsOfRule += 1;
        if (faultsOfRule === FAULTS_PER_BATCH_MAX) break;
      }
      watch.end();
    }
  }

  return {
    decide(questions, leftOut) {
      const answers: Said[] = [];
      const faults: RuleFault[] = [];
      for (const heard of askEach(questions, leftOut, faults, DECIDE)) {
        const { index, rule, mode, settingsVersion, answer } = heard;
        const key = questions[index]?.key ?? '';
        answers.push({ question: index, key, rule, mode, settingsVersion, words: answer });
      }
      return { answers, faults };
    },

    limit(proposals, leftOut) {
      const limits: SaidLimit[] = [];
      const faults: RuleFault[] = [];
      const answered = new Map<string, Set<number>>();
      for (const heard of askEach(proposals, leftOut, faults, LIMIT)) {
        const { index, rule, mode, settingsVersion, answer } = heard;
        const ofRule = answered.get(rule);
        if (ofRule === undefined) answered.set(rule, new Set([index]));
        else ofRule.add(index);
        if (answer === null) continue;
        limits.push({ proposal: index, rule, mode, settingsVersion, limit: answer });
      }
      const withheld: SaidLimit[] = [];
      const failed = new Set(faults.map(({ rule }) => rule));
      for (const [which, rule] of rules.entries()) {
        const settingsFor = resolvers[which];
        const isLeftOut = leftOut.has(rule.id);
        if (settingsFor === undefined || !(isLeftOut || failed.has(rule.id))) continue;
        const because = isLeftOut ? leftOutBecause(rule.id) : failedBecause(rule.id);
        for (const [index, asked] of proposals.entries()) {
          if (!LIMIT.hears(rule, asked) || answered.get(rule.id)?.has(index) === true) continue;
          const { client } = asked.facts;
          const resolved = settingsFor(client.groupId, client.id);
          if (resolved.mode === 'off') continue;
          withheld.push({
            proposal: index,
            rule: rule.id,
            mode: resolved.mode,
            settingsVersion: resolved.version,
            limit: { atMostHundredths: 0n, budget: null, because },
          });
        }
      }
      return { limits, withheld, faults };
    },
  };
}

/** A limit that is not known may be any amount, so what it would limit is not done: late is better than wrong. */
function failedBecause(rule: string): string {
  return `The rule ${rule} limits this, but failed to say how much it allows.`;
}

function leftOutBecause(rule: string): string {
  return `The rule ${rule} limits this, but it failed and is stopped. Nothing that it limits is done until it works again, or is turned off.`;
}

interface Heard<Answer> {
  readonly index: number;
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly settingsVersion: number;
  readonly answer: Answer;
}

/** One of the two functions of a rule. */
interface Call<Asked, Answer> {
  readonly hears: (rule: LoadedRule, asked: Asked) => boolean;
  readonly run: (rule: LoadedRule, asked: Asked, settings: unknown) => unknown;
  readonly schema: z.ZodType<Answer>;
  readonly questionOf: (asked: Asked, index: number) => number;
}

const DECIDE: Call<Question, readonly Word[]> = {
  hears: (rule, { event, facts, only }) =>
    rule.decide !== undefined &&
    only?.has(rule.id) !== false &&
    (rule.on.has(event.name) || (event.name === MONEY_BACK && hasMoneyBack(rule.id, facts))),
  run(rule, { event, facts }, settings) {
    const own = rule.on.has(event.name)
      ? rule.decide?.({ event, facts: factsFor(rule, facts), settings })
      : [];
    if (event.name !== MONEY_BACK || !hasMoneyBack(rule.id, facts) || !Array.isArray(own)) {
      return own;
    }
    switch (wayBackOf(rule, settings)) {
      case 'by-rule':
        return own;
      case 'in-proportion':
        return [...own, ...takeInProportion(rule.id, facts)];
      case 'stays':
        return [...own, skip('What the rule gave stays when its money goes back.')];
    }
  },
  schema: wordsSchema,
  questionOf: (_, index) => index,
};

const LIMIT: Call<AskedProposal, Limit | null> = {
  hears: (rule, { word }) => rule.limits.has(word.effect.kind),
  run(rule, asked, settings) {
    const { word, invoice, facts, localDate } = asked;
    const { fact, effect, because } = word;
    const proposal = { rule: asked.rule, fact, effect, because };
    const input = { proposal, invoice, facts: factsFor(rule, facts), settings, localDate };
    return rule.limits.get(effect.kind)?.(input) ?? null;
  },
  schema: limitSchema,
  questionOf: ({ question }) => question,
};

type Answered<Answer> =
  | { readonly answer: Answer }
  | Pick<RuleFault, 'kind' | 'message' | 'returned'>;

function answerOf<Asked, Answer>(
  rule: LoadedRule,
  asked: Asked,
  { read }: Exclude<ResolvedSettings, { readonly mode: 'off' }>,
  { run, schema }: Call<Asked, Answer>,
): Answered<Answer> {
  if (!read.ok) {
    return {
      kind: 'settings',
      message: `The stored settings of the rule ${rule.id} do not fit it: ${read.problem}`,
    };
  }
  let returned: unknown;
  try {
    returned = run(rule, asked, read.settings);
  } catch (error) {
    return { kind: 'threw', message: `The rule ${rule.id} threw ${describeValue(error)}` };
  }
  const checked = schema.safeParse(returned);
  if (checked.success) return { answer: checked.data };
  return {
    kind: 'nonsense',
    message: `The rule ${rule.id} returned nonsense: ${z.prettifyError(checked.error)}`,
    returned: describeValue(returned),
  };
}

/** Gives each rule only its own counters; the loader reads those of all rules. */
function factsFor(rule: LoadedRule, facts: Facts): Facts {
  if (facts.counters.every((one) => one.rule === rule.id)) return facts;
  return { ...facts, counters: facts.counters.filter((one) => one.rule === rule.id) };
}
