import { displayAmount } from '../../money/index.ts';
import { type Effect, homeOf, invoiceIdOf } from '../effect.ts';
import type { Question, RuleFault, Said } from '../engine/index.ts';
import type { Served } from '../serving/served.ts';
import { capital } from './capital.ts';
import type { Allowance } from './limit-book.ts';
import type { Voice, Wish } from './merge-proposals.ts';
import type { Settled } from './settlement.ts';
import { toldOf } from './told.ts';
import type { Outcome, Trace, TraceWord } from './trace.ts';

/** Width of the column for reasons. */
const REASON_MAX = 500;

/** Makes decisions with their traces. */
export const tellDecision = {
  /** A proposal and its outcome. */
  wished(
    voice: Voice,
    wish: Wish,
    served: Served,
    outcome: Outcome,
    said: readonly TraceWord[],
  ): Settled {
    const { question, word } = voice;
    const trace: Trace = {
      ...head(question, voice.said.mode, outcome, said),
      rules:
        wish.voices.length === 1
          ? [voice.said.rule]
          : [...new Set(wish.voices.map((one) => one.said.rule))],
      effect: wish.effect.kind,
      invoiceId: invoiceIdOf(wish.effect) ?? question.facts.invoice?.id ?? null,
      spendableHundredths: served.spendableHundredths,
      dueHundredths: served.dueHundredths,
      reserveHundredths: served.reserveHundredths,
      amountHundredths: served.amountHundredths,
      because: word.because,
      steps: served.steps,
      binding: served.binding,
    };
    return {
      ...base(question, voice.said, outcome, trace),
      fact: wish.fact,
      effect: wish.effect,
      amountHundredths: served.amountHundredths,
      uses: served.uses,
      reason: shorten(
        served.done
          ? reasonOf(trace, wish.effect)
          : refusalOf(trace, wish.effect, served.refusal ?? ''),
      ),
    };
  },

  /** A rule that only observes would have lowered another rule's effect. */
  wouldLimit(
    voice: Voice,
    limiting: Allowance,
    wish: Wish,
    served: Served,
    said: readonly TraceWord[],
  ): Settled {
    const { trace } = tellDecision.wished(voice, wish, served, 'observed', said);
    return {
      ...base(voice.question, limiting, 'observed', { ...trace, mode: 'observe' }),
      fact: null,
      effect: null,
      amountHundredths: 0n,
      uses: [],
      reason: shorten(`${whatLimited(limiting, served, voice)} ${limiting.limit.because}`),
    };
  },

  skipped(question: Question, said: Said, because: string, words: readonly TraceWord[]): Settled {
    return nothing(question, said, 'skipped', because, words);
  },

  faulted(question: Question, fault: RuleFault, words: readonly TraceWord[]): Settled {
    return nothing(question, { ...fault, settingsVersion: 0 }, 'faulted', fault.message, words);
  },
};

/** `Would have limited 20.00 USD to 5.00 USD.` */
function whatLimited(
  { rule, limit }: Allowance,
  { steps }: Served,
  { question: { facts } }: Voice,
): string {
  const step = steps.find((one) => one.rule === rule && one.because === limit.because);
  if (step === undefined) return 'Would have prevented it.';
  if (step.step === 'approval') return 'Would have asked an admin first.';
  const show = (hundredths: bigint) => displayAmount(hundredths, facts.client.currency);
  return `Would have limited ${show(step.beforeHundredths)} to ${show(step.afterHundredths)}.`;
}

function nothing(
  question: Question,
  said: Pick<Said, 'rule' | 'mode' | 'settingsVersion'>,
  outcome: Outcome,
  because: string,
  words: readonly TraceWord[],
): Settled {
  const { client, invoice } = question.facts;
  const trace: Trace = {
    ...head(question, said.mode, outcome, words),
    rules: [said.rule],
    effect: null,
    invoiceId: invoice?.id ?? null,
    spendableHundredths: client.spendableHundredths,
    dueHundredths: invoice?.balanceHundredths ?? null,
    reserveHundredths: 0n,
    amountHundredths: 0n,
    because,
    steps: [],
    binding: null,
  };
  return {
    ...base(question, said, outcome, trace),
    fact: null,
    effect: null,
    amountHundredths: 0n,
    uses: [],
    reason: shorten(because),
  };
}

function head(
  question: Question,
  mode: Said['mode'],
  outcome: Outcome,
  said: readonly TraceWord[],
) {
  const { client } = question.facts;
  return {
    event: question.event.name,
    localDate: question.event.localDate,
    mode,
    outcome,
    clientId: client.id,
    currency: { code: client.currency.code, decimals: client.currency.decimals },
    said,
  };
}

function base(
  question: Question,
  said: Pick<Said, 'rule' | 'mode' | 'settingsVersion'>,
  outcome: Outcome,
  trace: Trace,
) {
  return {
    question,
    rule: said.rule,
    mode: said.mode,
    settingsVersion: said.settingsVersion,
    outcome,
    clientId: trace.clientId,
    invoiceId: trace.invoiceId,
    trace,
  };
}

function reasonOf(trace: Trace, effect: Effect): string {
  const bound = trace.binding === null ? undefined : trace.steps[trace.binding];
  const asks = trace.steps.filter(({ step }) => step === 'approval');
  const amount = homeOf(effect).words.reason?.(toldOf(trace));
  const waits = trace.outcome === 'waits' ? 'It waits until an admin agrees.' : undefined;
  return [amount, trace.because, bound?.because, waits, ...asks.map(({ because }) => because)]
    .filter((part) => part !== undefined)
    .join(' ');
}

function refusalOf(trace: Trace, effect: Effect, refusal: string): string {
  const nothing = homeOf(effect).words.nothing?.(toldOf(trace));
  return nothing === undefined ? refusal : `${capital(nothing)}. ${refusal}`;
}

function shorten(text: string): string {
  return text.length > REASON_MAX ? `${text.slice(0, REASON_MAX - 1)}…` : text;
}
