import { type Effect, homeOf, invoiceIdOf } from '../effect.ts';
import type { Question, Said } from '../engine/index.ts';
import type { Propose } from '../words.ts';

/** One rule's proposal for one question. */
export interface Voice {
  readonly said: Said;
  readonly question: Question;
  readonly word: Propose;
}

/** All proposals for the same fact; together they have one effect. */
export interface Wish {
  readonly fact: string;
  /** Sorted by the rule's id; the first represents all. */
  readonly voices: readonly [Voice, ...Voice[]];
  /** The most careful of the proposed effects. */
  readonly effect: Effect;
  /** Proposals of a different effect for this fact: they are refused, since a fact is answered once. */
  readonly contradicting: readonly Voice[];
}

/** Merges proposals that answer the same fact; their order does not matter. */
export function mergeProposals(voices: readonly Voice[]): Wish[] {
  const byFact = new Map<string, Voice[]>();
  for (const voice of voices) {
    const known = byFact.get(voice.word.fact);
    if (known === undefined) byFact.set(voice.word.fact, [voice]);
    else known.push(voice);
  }
  return [...byFact.values()].map(merge);
}

function merge(voices: Voice[]): Wish {
  if (voices.length > 1) voices.sort(byRule);
  const [first, ...rest] = voices;
  if (first === undefined) throw new RangeError('A fact without a proposal can’t be merged.');
  const { fact } = first.word;
  if (rest.length === 0)
    return { fact, voices: [first], effect: first.word.effect, contradicting: [] };
  const agreeing: [Voice, ...Voice[]] = [first];
  const contradicting: Voice[] = [];
  let { effect } = first.word;
  for (const voice of rest) {
    const both = merged(first, effect, voice);
    if (both === undefined) {
      contradicting.push(voice);
    } else {
      effect = both;
      agreeing.push(voice);
    }
  }
  return { fact, voices: agreeing, effect, contradicting };
}

function byRule(a: Voice, b: Voice): number {
  if (a.said.rule !== b.said.rule) return a.said.rule < b.said.rule ? -1 : 1;
  return a.said.question - b.said.question;
}

/** The more careful of two effects of one kind on one invoice; undefined when kind or invoice differ. */
function merged(one: Voice, effect: Effect, other: Voice): Effect | undefined {
  const alike =
    other.question.facts.client.id === one.question.facts.client.id &&
    other.word.effect.kind === effect.kind &&
    invoiceIdOf(other.word.effect) === invoiceIdOf(effect);
  return alike ? homeOf(effect).merge(effect, other.word.effect) : undefined;
}
