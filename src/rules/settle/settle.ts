import { invoiceIdOf, rankOf } from '../effect.ts';
import type { Question, RuleFault, Said } from '../engine/index.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import type { Served } from '../serving/served.ts';
import { createLimitBook } from './limit-book.ts';
import { mergeAnswers } from './merge-answers.ts';
import { mergeProposals, type Voice, type Wish } from './merge-proposals.ts';
import { serve } from './serve.ts';
import type { Outcome, RunningBalances, Settled, Settlement } from './settlement.ts';
import { tellDecision } from './tell-decision.ts';
import { traceWords } from './trace-words.ts';

/** What else bears on settling. */
export interface SettleContext {
  /** What went wrong while asking; each becomes a decision that says so. */
  readonly faults?: readonly RuleFault[];
  /** Facts that a command answers already: they are not answered again and take no credit. */
  readonly live?: ReadonlySet<string>;
}

interface Fulfilment {
  readonly wish: Wish;
  readonly served: Served;
}

const NEVER_DUE = '9999-12-31';

/**
 * Settles what the rules said to these questions: one settlement for each, in their order. Pure; the order of what was said
 * changes nothing. Proposals are capped by every limit, compete for one balance by due date and invoice id, and are rounded.
 *
 * `running` holds what clients may still spend and is drawn down; a client who is not in it starts with what the facts say.
 * Rules that observe are settled together with the others on a copy, so that they change nothing for them.
 */
export function settle(
  questions: readonly Question[],
  said: readonly Said[],
  running: RunningBalances,
  context: SettleContext = {},
): Settlement[] {
  const live = context.live ?? new Set();
  const saidTo = groupByQuestion(questions, said);
  const faultsOf = Map.groupBy(context.faults ?? [], (fault) => fault.question);
  const settled: Settled[][] = questions.map(() => []);
  const words = (question: number) =>
    traceWords(saidTo[question] ?? [], faultsOf.get(question) ?? []);

  const observing = said.some((one) => one.mode === 'observe');
  const shadow = observing ? new Map(running) : undefined;
  const on = observing ? said.filter((one) => one.mode === 'on') : said;

  const fulfilled = serveAll(questions, on, running, live);
  for (const fulfilment of fulfilled) {
    tell(fulfilment, fulfilment.wish.voices[0], fulfilment.served.done ? 'effect' : 'skipped');
  }
  if (shadow !== undefined) {
    for (const fulfilment of serveAll(questions, said, shadow, live)) {
      tellObserved(fulfilment);
    }
  }
  for (const [index, question] of questions.entries()) {
    for (const one of saidTo[index] ?? []) {
      if (one.words.some((word) => word.say === 'propose')) continue;
      const because = one.words.flatMap((word) => (word.say === 'skip' ? [word.because] : []));
      if (because.length === 0) continue;
      settled[index]?.push(tellDecision.skipped(question, one, because.join(' '), words(index)));
    }
    for (const fault of faultsOf.get(index) ?? []) {
      settled[index]?.push(tellDecision.faulted(question, fault, words(index)));
    }
  }

  const done = new Set(fulfilled.flatMap(({ wish, served }) => (served.done ? [wish.fact] : [])));
  return questions.map((question, index) => ({
    question,
    settled: (settled[index] ?? []).sort(byRuleAndFact),
    answer: mergeAnswers(question, saidTo[index] ?? [], done),
  }));

  function tell({ wish, served }: Fulfilment, voice: Voice, outcome: Outcome): void {
    const index = voice.said.question;
    settled[index]?.push(tellDecision.wished(voice, wish, served, outcome, words(index)));
    if (voice !== wish.voices[0]) return;
    for (const other of wish.contradicting) {
      const because = `The fact ${wish.fact} was proposed for another effect by ${voice.said.rule}; a fact is answered once.`;
      settled[other.said.question]?.push(
        tellDecision.skipped(other.question, other.said, because, words(other.said.question)),
      );
    }
  }

  function tellObserved({ wish, served }: Fulfilment): void {
    const observer = wish.voices.find((voice) => voice.said.mode === 'observe');
    if (observer !== undefined) {
      const index = observer.said.question;
      const outcome = served.done ? 'observed' : 'skipped';
      settled[index]?.push(tellDecision.wished(observer, wish, served, outcome, words(index)));
      return;
    }
    // A rule that only observes would have lowered what another one gave.
    const [voice] = wish.voices;
    for (const step of served.steps) {
      if (step.step !== 'limit' || step.afterHundredths === step.beforeHundredths) continue;
      const limiting = saidTo[voice.said.question]?.find(
        (one) => one.rule === step.rule && one.mode === 'observe',
      );
      if (limiting === undefined) continue;
      const index = limiting.question;
      settled[index]?.push(
        tellDecision.wouldLimit(voice, limiting, wish, served, step, words(index)),
      );
    }
  }
}

function serveAll(
  questions: readonly Question[],
  said: readonly Said[],
  balances: RunningBalances,
  live: ReadonlySet<string>,
): readonly Fulfilment[] {
  const voices: Voice[] = [];
  for (const one of said) {
    const question = questions[one.question];
    if (question === undefined) continue;
    for (const word of one.words) {
      if (word.say === 'propose') voices.push({ said: one, question, word });
    }
  }
  const world = {
    balances,
    live,
    due: new Map<number, bigint>(),
    cancelled: new Set<number>(),
    unfulfilled: new Set<string>(),
  };
  const limits = createLimitBook(questions, said);
  return mergeProposals(voices)
    .map(placeInLine)
    .sort(byPlace)
    .map(({ wish }) => ({ wish, served: serve(wish, world, limits) }));
}

interface Place {
  readonly wish: Wish;
  readonly clientId: number;
  readonly rank: number;
  readonly dueOn: string;
  readonly invoiceId: number;
}

function placeInLine(wish: Wish): Place {
  const { facts } = wish.voices[0].question;
  const { effect } = wish;
  const invoiceId = invoiceIdOf(effect);
  const invoice = invoiceId === null ? undefined : invoiceIn(facts, invoiceId);
  return {
    wish,
    clientId: facts.client.id,
    rank: rankOf(effect),
    dueOn: invoice?.dueOn ?? NEVER_DUE,
    invoiceId: invoiceId ?? Number.POSITIVE_INFINITY,
  };
}

function byPlace(a: Place, b: Place): number {
  if (a.clientId !== b.clientId) return a.clientId - b.clientId;
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.dueOn !== b.dueOn) return a.dueOn < b.dueOn ? -1 : 1;
  if (a.invoiceId !== b.invoiceId) return a.invoiceId < b.invoiceId ? -1 : 1;
  return a.wish.fact < b.wish.fact ? -1 : 1;
}

function groupByQuestion(questions: readonly Question[], said: readonly Said[]): Said[][] {
  const grouped: Said[][] = questions.map(() => []);
  for (const one of said) grouped[one.question]?.push(one);
  for (const group of grouped)
    if (group.length > 1) group.sort((a, b) => (a.rule < b.rule ? -1 : 1));
  return grouped;
}

function byRuleAndFact(a: Settled, b: Settled): number {
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return (a.fact ?? '') < (b.fact ?? '') ? -1 : 1;
}
