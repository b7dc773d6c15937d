import { type LockedClients, liveFacts } from '../commands/index.ts';
import type { Engine, Question, RuleFault, Said } from '../rules/engine/index.ts';
import { type AskedFact, homeOf, type Settlement, settle } from '../rules/settle/index.ts';
import type { StoredSettings } from '../settings/index.ts';
import type { Batch } from './batch.ts';
import { type Origin, type Planned, planned, type Written } from './planned-decision.ts';
import { recordFaults } from './record-faults.ts';
import { addToTally } from './tally.ts';
import { writeDecisions } from './write-decisions.ts';
import { writeFreezes } from './write-freezes.ts';

export interface PutOptions {
  readonly settings: StoredSettings;
  readonly engine: Pick<Engine, 'ask'>;
  /** Facts that an admin was asked about. */
  readonly asked: ReadonlyMap<string, AskedFact>;
  readonly originOf: (index: number) => Origin;
}

export interface Decided {
  /** One for each question, in their order. */
  readonly settlements: readonly Settlement[];
  readonly written: Written;
  readonly faults: readonly RuleFault[];
}

/** The settled answers, and the decisions to write for them. */
export interface Proposed {
  /** One for each question, in their order. */
  readonly settlements: readonly Settlement[];
  readonly planned: readonly Planned[];
  readonly faults: readonly RuleFault[];
}

/** Asks the rules, settles what they say and writes it, for the daily run. */
export async function putBeforeRules(
  batch: Batch,
  questions: readonly Question[],
  options: PutOptions & { readonly locked: LockedClients },
): Promise<Decided> {
  const { settlements, planned: wanted, faults } = await askRules(batch, questions, options);
  await writeFreezes(batch, wanted);
  const written = await writeDecisions(batch, wanted, options.locked);
  await recordFaults(batch.trx, faults, batch.at);
  return { settlements, written, faults };
}

/**
 * Asks the rules and settles what they say, for deliveries and the daily run. Lock the clients first and read the facts after
 * that, so that nobody else spends their balance meanwhile.
 */
export async function askRules(
  batch: Batch,
  questions: readonly Question[],
  { settings, engine, asked, originOf }: PutOptions,
): Promise<Proposed> {
  const { answers, limits, faults } = await engine.ask(
    questions,
    settings.settings,
    settings.paused,
  );
  const balances = new Map(
    questions.map(({ facts: { client } }) => [client.id, client.spendableHundredths]),
  );
  const live = await liveFacts(batch.trx, factsToLookUp(answers, batch.isFirstTry));
  const settlements = settle(questions, answers, balances, { limits, faults, live, asked });
  const decisions = settlements.flatMap(({ settled }, index) => {
    const origin = originOf(index);
    return settled.map((one) => planned(one, origin));
  });
  addToTally(batch.tally, decisions);
  return { settlements, planned: decisions, faults };
}

/**
 * The facts to look up, by one statement. The first attempt assumes no live command for a new command's fact; a duplicate key
 * retries with a look-up. Notices, rows of our store and rules that only observe insert no command, and commands that move no
 * money are not kept for ever, so their facts are always looked up.
 */
function factsToLookUp(answers: readonly Said[], isFirstTry: boolean): readonly string[] {
  const facts = new Set<string>();
  for (const { words, mode } of answers) {
    for (const word of words) {
      if (word.say !== 'propose') continue;
      const { asks, movesMoney } = homeOf(word.effect);
      const hasKey = mode === 'on' && asks === 'whmcs' && movesMoney;
      if (!isFirstTry || !hasKey) facts.add(word.fact);
    }
  }
  return [...facts];
}
