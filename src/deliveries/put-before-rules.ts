import type { Origin, Planned, Written } from '../commands/index.ts';
import type { Engine, Question, RuleFault, Said } from '../rules/engine/index.ts';
import { type Settlement, settle } from '../rules/settle/index.ts';
import type { InboxPage, StoredSettings } from './ports.ts';

export interface Decided {
  /** One for each question, in their order. */
  readonly settlements: readonly Settlement[];
  readonly written: Written;
  readonly faults: readonly RuleFault[];
}

/**
 * Asks the rules, settles what they say and writes it. The clients must be locked and the facts read after that, so that
 * nobody else spends their balance meanwhile. Deliveries and the daily run both decide here.
 */
export async function putBeforeRules(
  page: Pick<InboxPage, 'liveFacts' | 'write' | 'recordFaults'>,
  questions: readonly Question[],
  originOf: (index: number) => Origin,
  settings: StoredSettings,
  engine: Pick<Engine, 'ask'>,
): Promise<Decided> {
  const { answers, faults } = await engine.ask(questions, settings.settings, settings.paused);
  const balances = new Map(
    questions.map(({ facts: { client } }) => [client.id, client.spendableHundredths]),
  );
  const live = await page.liveFacts(proposedFacts(answers));
  const settlements = settle(questions, answers, balances, { faults, live });
  const planned = settlements.flatMap(({ settled }, index): readonly Planned[] => {
    const origin = originOf(index);
    return settled.map((one) => ({ settled: one, origin }));
  });
  const written = await page.write(planned);
  await page.recordFaults(faults);
  return { settlements, written, faults };
}

function proposedFacts(answers: readonly Said[]): readonly string[] {
  const words = answers.flatMap((said) => said.words);
  return [...new Set(words.flatMap((word) => (word.say === 'propose' ? word.fact : [])))];
}
