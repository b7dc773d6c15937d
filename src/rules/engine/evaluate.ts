import { z } from 'zod';
import { wordsSchema } from '../word-schema.ts';
import { describeValue } from './describe-value.ts';
import type { RuleSetting } from './engine.ts';
import type { LoadedRule } from './loaded-rule.ts';
import type { RawAnswers, RawFault, RawSaid } from './pack/answers.ts';
import type { AskedQuestion } from './pack/questions.ts';
import type { Progress } from './progress.ts';
import { createSettingsResolver } from './resolve-settings.ts';

/** After so many faults on one page a rule is left out for the rest of it: it is paused then anyway. */
const FAULTS_PER_PAGE_MAX = 3;

type Ask = (questions: readonly AskedQuestion[], leftOut: ReadonlySet<string>) => RawAnswers;

/**
 * Puts pages of questions before rules, rule by rule, under the settings given. Runs in the rules' thread; a rule that does
 * not return leaves its name and its question in `progress`.
 */
export function createEvaluator(
  rules: readonly LoadedRule[],
  rows: readonly RuleSetting[],
  progress: Pick<Progress, 'begin' | 'question' | 'end'>,
): Ask {
  const asked = rules.map((rule) => ({
    rule,
    on: new Set(rule.on),
    settingsFor: createSettingsResolver(rule, rows),
  }));

  return (questions, leftOut) => {
    const said: RawSaid[] = [];
    const faults: RawFault[] = [];
    for (const [which, { rule, on, settingsFor }] of asked.entries()) {
      if (leftOut.has(rule.id)) continue;
      progress.begin('deciding', which);
      let faultsOfRule = 0;
      for (let index = 0; index < questions.length; index++) {
        const question = questions[index];
        if (question === undefined || !on.has(question.event.name)) continue;
        const { client } = question.facts;
        const resolved = settingsFor(client.groupId, client.id);
        if (resolved.mode === 'off') continue;
        progress.question(index);
        const answer = resolved.read.ok
          ? decide(rule, question, resolved.read.settings)
          : settingsFault(rule, resolved.read.problem);
        const { mode, version } = resolved;
        if ('words' in answer) {
          said.push({
            question: index,
            rule: rule.id,
            mode,
            settingsVersion: version,
            words: answer.words,
          });
          continue;
        }
        faults.push({ question: index, rule: rule.id, mode, ...answer });
        faultsOfRule += 1;
        if (faultsOfRule === FAULTS_PER_PAGE_MAX) break;
      }
      progress.end();
    }
    return { said, faults };
  };
}

type Decided = Pick<RawSaid, 'words'> | Pick<RawFault, 'kind' | 'message' | 'returned'>;

function decide(rule: LoadedRule, question: AskedQuestion, settings: unknown): Decided {
  let returned: unknown;
  try {
    returned = rule.decide({
      event: question.event,
      facts: factsFor(rule, question.facts),
      settings,
    });
  } catch (error) {
    return {
      kind: 'threw',
      message: `The rule ${rule.id} threw ${describeValue(error)}`,
      returned: null,
    };
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
function factsFor(rule: LoadedRule, facts: AskedQuestion['facts']): AskedQuestion['facts'] {
  if (facts.ownGrants.every((grant) => grant.rule === rule.id)) return facts;
  return { ...facts, ownGrants: facts.ownGrants.filter((grant) => grant.rule === rule.id) };
}

function settingsFault(rule: LoadedRule, problem: string): Decided {
  return {
    kind: 'settings',
    message: `The stored settings of the rule ${rule.id} do not fit it: ${problem}`,
    returned: null,
  };
}
