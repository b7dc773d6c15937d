import { least } from '../../money/index.ts';
import { invoiceIdOf, rankOf, turnOf } from '../effect.ts';
import type { Limited, Question, RuleFault, Said } from '../engine/index.ts';
import type { ReservationFacts } from '../facts.ts';
import { invoiceIn } from '../serving/invoice-in.ts';
import type { AskedFact } from '../serving/world.ts';
import { type Fulfilment, hasLowered, isUntold, outcomeOf } from './fulfilment.ts';
import { type Allowance, createLimitBook } from './limit-book.ts';
import { mergeAnswers } from './merge-answers.ts';
import { mergeProposals, type Voice, type Wish } from './merge-proposals.ts';
import { serve } from './serve.ts';
import type { RunningBalances, Settled, Settlement } from './settlement.ts';
import { tellDecision } from './tell-decision.ts';
import { toldByOthers } from './told-by-others.ts';
import type { Outcome } from './trace.ts';
import { limitWords, traceWords } from './trace-words.ts';

/** Further input for settling. */
export interface SettleContext {
  /** The rules' limits on the proposals. */
  readonly limits?: readonly Limited[];
  /** Faults of rules; each becomes a decision. */
  readonly faults?: readonly RuleFault[];
  /** Facts that a command already answers: they are not answered again and take no credit. */
  readonly live?: ReadonlySet<string>;
  /** Facts about which an admin was asked: they wait, are let through, or come to nothing. */
  readonly asked?: ReadonlyMap<string, AskedFact>;
}

const NEVER_DUE = '9999-12-31';
const NO_FACTS: ReadonlySet<string> = new Set();
const NOT_ASKED: ReadonlyMap<string, AskedFact> = new Map();

/**
 * Settles the rules' answers to these questions: returns one settlement for each, in order. Pure; the order of the answers does
 * not matter. Every limit caps its proposals; proposals compete for one balance by their turn, then due date and invoice id, and are rounded.
 *
 * `running` holds what clients may still spend and is reduced here; a client who is not in it starts with the facts. Rules that
 * observe are settled together with the others on a copy, so that they do not affect the others.
 */
export function settle(
  questions: readonly Question[],
  said: readonly Said[],
  running: RunningBalances,
  context: SettleContext = {},
): Settlement[] {
  const { live = NO_FACTS, asked = NOT_ASKED, limits = [] } = context;
  const answered = { live, asked };
  const saidTo = groupByQuestion(questions, said);
  const faultsOf = Map.groupBy(context.faults ?? [], (fault) => fault.question);
  const settled: Settled[][] = questions.map(() => []);
  const words = (question: number) =>
    traceWords(saidTo[question] ?? [], faultsOf.get(question) ?? []);
  const wordsOn = (question: number, { wish, allowances }: Fulfilment) =>
    allowances.length === 0
      ? words(question)
      : [...words(question), ...limitWords(wish.effect.kind, allowances)];

  const observing = said.some(isObserving) || limits.some(isObserving);
  const shadow = observing ? new Map(running) : undefined;
  const on = observing ? said.filter((one) => one.mode === 'on') : said;
  const limitsOn = observing ? limits.filter((one) => one.mode === 'on') : limits;

  const fulfilled = serveAll(questions, on, limitsOn, running, answered);
  const alreadyTold = toldByOthers(fulfilled);
  for (const fulfilment of fulfilled) {
    if (!isUntold(fulfilment) && !alreadyTold.has(fulfilment)) {
      tell(fulfilment, fulfilment.wish.voices[0], outcomeOf(fulfilment));
    }
  }
  if (shadow !== undefined) {
    for (const fulfilment of serveAll(questions, said, limits, shadow, answered)) {
      if (!isUntold(fulfilment)) tellObserved(fulfilment);
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

  const done = new Set(
    fulfilled.flatMap((one) => (outcomeOf(one) === 'effect' ? [one.wish.fact] : [])),
  );
  return questions.map((question, index) => ({
    question,
    settled: (settled[index] ?? []).sort(byRuleAndFact),
    answer: mergeAnswers(question, saidTo[index] ?? [], done),
  }));

  function tell(fulfilment: Fulfilment, voice: Voice, outcome: Outcome): void {
    const { wish, served } = fulfilment;
    const index = voice.said.question;
    const told = wordsOn(index, fulfilment);
    settled[index]?.push(tellDecision.wished(voice, wish, served, outcome, told));
    if (voice !== wish.voices[0]) return;
    for (const other of wish.contradicting) {
      const because = `The fact ${wish.fact} was proposed for another effect by ${voice.said.rule}; a fact is answered once.`;
      settled[other.said.question]?.push(
        tellDecision.skipped(other.question, other.said, because, words(other.said.question)),
      );
    }
  }

  function tellObserved(fulfilment: Fulfilment): void {
    const { wish, served, allowances } = fulfilment;
    const observer = wish.voices.find((voice) => voice.said.mode === 'observe');
    if (observer !== undefined) {
      const index = observer.said.question;
      const outcome = served.done ? 'observed' : 'skipped';
      const told = wordsOn(index, fulfilment);
      settled[index]?.push(tellDecision.wished(observer, wish, served, outcome, told));
      return;
    }
    // A rule that only observes would have lowered another rule's effect.
    const [voice] = wish.voices;
    const index = voice.said.question;
    for (const allowance of allowances) {
      if (allowance.mode !== 'observe' || !hasLowered(allowance, served)) continue;
      const told = wordsOn(index, fulfilment);
      settled[index]?.push(tellDecision.wouldLimit(voice, allowance, wish, served, told));
    }
  }
}

function isObserving({ mode }: Pick<Said, 'mode'>): boolean {
  return mode === 'observe';
}

function serveAll(
  questions: readonly Question[],
  said: readonly Said[],
  limits: readonly Limited[],
  balances: RunningBalances,
  { live, asked }: Required<Pick<SettleContext, 'live' | 'asked'>>,
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
    asked,
    reservations: new Map<number, readonly ReservationFacts[]>(),
    due: new Map<number, bigint>(),
    emptied: new Set<number>(),
    cancelled: new Set<number>(),
    unfulfilled: new Set<string>(),
  };
  const book = createLimitBook(voices, limits);
  return mergeProposals(voices)
    .map((wish) => placeInLine(wish, book.allowancesFor(wish)))
    .sort(byPlace)
    .map(({ wish, allowances }) => ({ wish, ...serve(wish, world, allowances), allowances }));
}

interface Place {
  readonly wish: Wish;
  readonly allowances: readonly Allowance[];
  readonly clientId: number;
  readonly rank: number;
  readonly turn: bigint;
  readonly dueOn: string;
  readonly invoiceId: number;
}

function placeInLine(wish: Wish, allowances: readonly Allowance[]): Place {
  const { facts } = wish.voices[0].question;
  const { effect } = wish;
  const invoiceId = invoiceIdOf(effect);
  const invoice = invoiceId === null ? undefined : invoiceIn(facts, invoiceId);
  return {
    wish,
    allowances,
    clientId: facts.client.id,
    rank: rankOf(effect),
    turn: allowances.reduce(
      (first, { limit }) => least(first, limit.turn ?? first),
      turnOf(effect),
    ),
    dueOn: invoice?.dueOn ?? NEVER_DUE,
    invoiceId: invoiceId ?? Number.POSITIVE_INFINITY,
  };
}

function byPlace(a: Place, b: Place): number {
  if (a.clientId !== b.clientId) return a.clientId - b.clientId;
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.turn !== b.turn) return a.turn < b.turn ? -1 : 1;
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
