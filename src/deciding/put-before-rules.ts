import type { Engine, Question, RuleFault, Said } from '../rules/engine/index.ts';
import { homeOf, type Settlement, settle } from '../rules/settle/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import { type Origin, type Planned, planned, type Written } from './planned-decision.ts';
import type { InboxPage } from './ports.ts';

export interface PutOptions {
  readonly settings: StoredSettings;
  readonly engine: Pick<Engine, 'ask'>;
  readonly originOf: (index: number) => Origin;
  /**
   * The first try assumes that no command answers these facts. A duplicate key undoes it, and the next try looks them up.
   */
  readonly isFirstTry: boolean;
}

export interface Decided {
  /** One for each question, in their order. */
  readonly settlements: readonly Settlement[];
  readonly written: Written;
  readonly faults: readonly RuleFault[];
}

/** What is to be written, one for each question's settled word. */
export interface Proposed {
  /** One for each question, in their order. */
  readonly settlements: readonly Settlement[];
  readonly planned: readonly Planned[];
  readonly faults: readonly RuleFault[];
}

/** Asks the rules, settles what they say and writes it, for the daily run. */
export async function putBeforeRules(
  page: Pick<InboxPage, 'liveFacts' | 'write' | 'recordFaults'>,
  questions: readonly Question[],
  options: PutOptions,
): Promise<Decided> {
  const { settlements, planned, faults } = await askRules(page, questions, options);
  const written = await page.write(planned);
  await page.recordFaults(faults);
  return { settlements, written, faults };
}

/**
 * Asks the rules and settles what they say. The clients must be locked and the facts read after that, so that nobody else
 * spends their balance meanwhile. Deliveries and the daily run both decide here.
 */
export async function askRules(
  page: Pick<InboxPage, 'liveFacts'>,
  questions: readonly Question[],
  { settings, engine, originOf, isFirstTry }: PutOptions,
): Promise<Proposed> {
  const { answers, limits, faults } = await engine.ask(
    questions,
    settings.settings,
    settings.paused,
  );
  const balances = new Map(
    questions.map(({ facts: { client } }) => [client.id, client.spendableHundredths]),
  );
  const live = await page.liveFacts(factsToLookUp(answers, isFirstTry));
  const settlements = settle(questions, answers, balances, { limits, faults, live });
  return {
    settlements,
    planned: settlements.flatMap(({ settled }, index) => {
      const origin = originOf(index);
      return settled.map((one) => planned(one, origin));
    }),
    faults,
  };
}

/**
 * Facts that writing would not find out about: a notice, and what a rule only observes, has no command that would meet the
 * live one. They are looked up by one statement for all questions.
 */
function factsToLookUp(answers: readonly Said[], isFirstTry: boolean): readonly string[] {
  const facts = new Set<string>();
  for (const { words, mode } of answers) {
    for (const word of words) {
      if (word.say !== 'propose') continue;
      const hasCommand = mode === 'on' && homeOf(word.effect).asks === 'whmcs';
      if (!isFirstTry || !hasCommand) facts.add(word.fact);
    }
  }
  return [...facts];
}
