import type { Question, Said } from '../engine/index.ts';
import type { ApplyEffect, Effect, GrantEffect, Propose, RemoveEffect } from '../words.ts';

/** One rule's word about one question. */
export interface Voice {
  readonly said: Said;
  readonly question: Question;
  readonly word: Propose;
}

/** All that want the same fact answered: they bring about one effect. */
export interface Wish {
  readonly fact: string;
  /** By the rule's id; the first speaks for all. */
  readonly voices: readonly [Voice, ...Voice[]];
  /** The smaller of what was proposed. */
  readonly effect: Effect;
  /** Voices that named this fact for another effect: they are not heard, since a fact is answered once. */
  readonly contradicting: readonly Voice[];
}

/** Merges proposals that answer the same fact; the order in which they come changes nothing. */
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
    const merged =
      voice.question.facts.client.id === first.question.facts.client.id
        ? smaller(effect, voice.word.effect)
        : undefined;
    if (merged === undefined) {
      contradicting.push(voice);
    } else {
      effect = merged;
      agreeing.push(voice);
    }
  }
  return { fact, voices: agreeing, effect, contradicting };
}

function byRule(a: Voice, b: Voice): number {
  if (a.said.rule !== b.said.rule) return a.said.rule < b.said.rule ? -1 : 1;
  return a.said.question - b.said.question;
}

/** The more careful of two effects of one kind on one target; undefined when they are about different things. */
function smaller(one: Effect, other: Effect): Effect | undefined {
  switch (one.kind) {
    case 'apply':
      return other.kind === 'apply' && other.invoiceId === one.invoiceId
        ? smallerApply(one, other)
        : undefined;
    case 'grant':
    case 'remove':
      return other.kind === one.kind ? smallerAmount(one, other) : undefined;
    case 'cancel':
      return other.kind === 'cancel' && other.invoiceId === one.invoiceId ? one : undefined;
    case 'mail':
    case 'notify':
      return other.kind === one.kind ? one : undefined;
  }
}

function smallerApply(one: ApplyEffect, other: ApplyEffect): ApplyEffect {
  return {
    kind: 'apply',
    invoiceId: one.invoiceId,
    atMostHundredths:
      one.atMostHundredths === null || other.atMostHundredths === null
        ? (one.atMostHundredths ?? other.atMostHundredths)
        : least(one.atMostHundredths, other.atMostHundredths),
    wholeOnly: one.wholeOnly || other.wholeOnly,
    reserveHundredths: most(one.reserveHundredths, other.reserveHundredths),
    smallestRestHundredths: most(one.smallestRestHundredths, other.smallestRestHundredths),
    noEmail: one.noEmail || other.noEmail,
  };
}

function smallerAmount<T extends GrantEffect | RemoveEffect>(one: T, other: T): T {
  return { ...one, amountHundredths: least(one.amountHundredths, other.amountHundredths) };
}

export function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

function most(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
