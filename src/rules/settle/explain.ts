import { displayAmount } from '../../money/index.ts';
import { homeOfKind } from '../effect.ts';
import type { EffectWords } from '../serving/define-effect.ts';
import type { TraceStep } from '../serving/trace-step.ts';
import { capital } from './capital.ts';
import { toldOf } from './told.ts';
import type { Trace, TraceWord } from './trace.ts';

/** Returns a rule's name for sentences; by default its id. */
export type TitleOf = (rule: string) => string;

/**
 * Answers *why this much?* for people who know neither the rules nor the service, in plain sentences without HTML. They contain
 * texts of rules unchanged, so a page must escape them.
 *
 * @param beside decisions explained together with this one: an answer that another decision explains is left out here.
 */
export function explain(
  trace: Trace,
  titleOf: TitleOf = (rule) => rule,
  beside: readonly Trace[] = [],
): string[] {
  const show = (hundredths: bigint) => displayAmount(hundredths, trace.currency);
  const name = (rule: string) => `the rule “${titleOf(rule)}”`;
  const words = trace.effect === null ? undefined : homeOfKind(trace.effect)?.words;
  const sentences = [headline(trace, words, name)];
  if (words?.figures !== undefined && trace.dueHundredths !== null) {
    sentences.push(words.figures(toldOf(trace)));
  }
  if (trace.effect !== null) {
    sentences.push(`${capital(names(trace.rules.map(name)))} proposed it: ${trace.because}`);
  } else if (trace.outcome !== 'faulted') {
    sentences.push(`${capital(names(trace.rules.map(name)))}: ${trace.because}`);
  }
  for (const [index, step] of trace.steps.entries()) {
    sentences.push(stepSentence(step, index === trace.binding, show, name));
  }
  if (trace.outcome !== 'effect' && trace.effect !== null && trace.mode === 'observe') {
    sentences.push('The rule only observes, so nothing was carried out.');
  }
  for (const word of trace.said) {
    const isOther = !trace.rules.includes(word.rule);
    if (isOther && beside.some((one) => one.event === trace.event && tells(one, word))) continue;
    const sentence = otherWord(word, trace, name);
    if (sentence !== undefined) sentences.push(sentence);
  }
  return sentences;
}

function headline(
  trace: Trace,
  words: EffectWords | undefined,
  name: (rule: string) => string,
): string {
  const { effect, outcome } = trace;
  const told = toldOf(trace);
  // Names the rule that did nothing, because other rules may have acted on the same event.
  const who = capital(names(trace.rules.map(name)));
  if (outcome === 'faulted') return `${who} failed and did nothing for ${told.target}.`;
  if (effect === null) {
    return outcome === 'observed'
      ? `Nothing would have been done for ${told.target}.`
      : `${who} did nothing for ${told.target}.`;
  }
  if (words === undefined) {
    return `Credit Bridge decided about ${told.target}; this version does not know “${effect}”.`;
  }
  // The command shows whether it was carried out.
  if (outcome === 'effect') {
    return `Credit Bridge decided to ${words.verb} ${words.object(told)}.`;
  }
  if (outcome === 'waits') {
    return `Credit Bridge waits until an admin agrees to ${words.verb} ${words.object(told)}.`;
  }
  if (outcome === 'observed') {
    return `Credit Bridge would have ${words.participle} ${words.object(told)}.`;
  }
  return words.nothing === undefined
    ? `Credit Bridge did nothing for ${told.target}.`
    : `Credit Bridge decided: ${words.nothing(told)}.`;
}

function stepSentence(
  step: TraceStep,
  binding: boolean,
  show: (hundredths: bigint) => string,
  name: (rule: string) => string,
): string {
  const who = step.rule === null ? '' : `${capital(name(step.rule))}: `;
  if (step.step === 'approval') return `${who}${step.because} So an admin has to agree first.`;
  const change =
    step.afterHundredths === step.beforeHundredths
      ? ' This changed nothing.'
      : ` So ${show(step.beforeHundredths)} became ${show(step.afterHundredths)}.`;
  return `${who}${step.because}${change}${binding ? ' This decided the amount.' : ''}`;
}

/** Whether this decision explains the word: the same rule did nothing for the same reason. */
function tells({ effect, rules, because }: Trace, word: TraceWord): boolean {
  return (
    effect === null &&
    rules.includes(word.rule) &&
    // A decision joins all reasons of its rule; the word of a fault may say more than the reason.
    (because.includes(word.because) || word.because.includes(because))
  );
}

/** Explains a rule's word that the headline and the steps do not cover. */
function otherWord(
  word: TraceWord,
  trace: Trace,
  name: (rule: string) => string,
): string | undefined {
  if (word.said === 'fault') return `${capital(name(word.rule))} failed: ${word.because}`;
  if (word.said === 'skip' && !trace.rules.includes(word.rule)) {
    return `${capital(name(word.rule))} did nothing: ${word.because}`;
  }
  return undefined;
}

function names(all: readonly string[]): string {
  return all.length < 2 ? (all[0] ?? '') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
}
