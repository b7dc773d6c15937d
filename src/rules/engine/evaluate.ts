import { z } from 'zod';
import type { Facts } from '../facts.ts';
import { wordsSchema } from '../word-schema.ts';
import { describeValue } from './describe-value.ts';
import type { Asked, Question, RuleFault, RuleSetting, Said } from './engine.ts';
import type { LoadedRule } from './loaded-rule.ts';
import { createSettingsResolver } from './resolve-settings.ts';
import type { Watch } from './watch.ts';

/** After this many faults in one batch a rule is left out for the rest of it: it is paused then anyway. */
const FAULTS_PER_BATCH_MAX = 3;

/** Asks every rule that listens, is on or observes, and is not left out. */
export type Evaluate = (questions: readonly Question[], leftOut: ReadonlySet<string>) => Asked;

/** Evaluates these rules under these settings, in the calling thread, rule by rule. */
export function createEvaluator(
  rules: readonly LoadedRule[],
  rows: readonly RuleSetting[],
  watch: Watch,
): Evaluate {
  const asked = rules.map((rule) => ({
    rule,
    on: new Set(rule.on),
    settingsFor: createSettingsResolver(rule, rows),
  }));

  return (questions, leftOut) => {
    const answers: Said[] = [];
    const faults: RuleFault[] = [];
    for (const [which, { rule, on, settingsFor }] of asked.entries()) {
      if (leftOut.has(rule.id)) continue;
      watch.begin('deciding', which);
      let faultsOfRule = 0;
      for (let index = 0; index < questions.length; index++) {
        const question = questions[index];
        if (question === undefined || !on.has(question.event.name)) continue;
        const { client } = question.facts;
        const resolved = settingsFor(client.groupId, client.id);
        if (resolved.mode === 'off') continue;
        watch.question(index);
        const { mode, version } = resolved;
        const { key } = question;
        const answer = resolved.read.ok
          ? decide(rule, question, resolved.read.settings)
          : settingsFault(rule, resolved.read.problem);
        if ('words' in answer) {
          const { words } = answer;
          answers.push({
            question: index,
            key,
            rule: rule.id,
            mode,
            settingsVersion: version,
            words,
          });
          continue;
        }
        const message = `On ${key}: ${answer.message}`;
        faults.push({ ...answer, message, question: index, key, rule: rule.id, mode });
        faultsOfRule += 1;
        if (faultsOfRule === FAULTS_PER_BATCH_MAX) break;
      }
      watch.end();
    }
    return { answers, faults };
  };
}

type Answer = Pick<Said, 'words'> | Pick<RuleFault, 'kind' | 'message' | 'returned'>;

function decide(rule: LoadedRule, { event, facts }: Question, settings: unknown): Answer {
  let returned: unknown;
  try {
    returned = rule.decide({ event, facts: factsFor(rule, facts), settings });
  } catch (error) {
    return { kind: 'threw', message: `The rule ${rule.id} threw ${describeValue(error)}` };
  }
  const read = wordsSchema.safeParse(returned);
  if (read.success) return { words: read.data };
  return {
    kind: 'nonsense',
    message: `The rule ${rule.id} returned nonsense: ${z.prettifyError(read.error)}`,
    returned: describeValue(returned),
  };
}

/** Each rule sees its own grants; the loader gave those of all. */
function factsFor(rule: LoadedRule, facts: Facts): Facts {
  if (facts.ownGrants.every((grant) => grant.rule === rule.id)) return facts;
  return { ...facts, ownGrants: facts.ownGrants.filter((grant) => grant.rule === rule.id) };
}

function settingsFault(rule: LoadedRule, problem: string): Answer {
  return {
    kind: 'settings',
    message: `The stored settings of the rule ${rule.id} do not fit it: ${problem}`,
  };
}
