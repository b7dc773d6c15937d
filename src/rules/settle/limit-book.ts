import { least } from '../../money/index.ts';
import type { Question, Said } from '../engine/index.ts';
import type { Limit } from '../words.ts';
import type { Wish } from './merge-proposals.ts';

/** What a limit still allows while proposals are served. */
export interface Allowance {
  readonly rule: string;
  readonly mode: 'observe' | 'on';
  readonly word: Limit;
  /** Shared by all limits of one budget. */
  readonly purse: { leftHundredths: bigint };
}

export interface LimitBook {
  /** The limits on a wish, by rule. */
  allowancesFor(wish: Wish, invoiceId: number | null): readonly Allowance[];
}

const NONE: readonly Allowance[] = [];

/** Collects every limit that was said. A limit on an invoice holds wherever the proposal for it arose. */
export function createLimitBook(questions: readonly Question[], said: readonly Said[]): LimitBook {
  const byQuestion = new Map<number, Allowance[]>();
  const byInvoice = new Map<number, Allowance[]>();
  const budgets = new Map<string, { leftHundredths: bigint }>();

  for (const one of said) {
    for (const word of one.words) {
      if (word.say !== 'limit') continue;
      const allowance: Allowance = {
        rule: one.rule,
        mode: one.mode,
        word,
        purse: purseOf(word, one, questions[one.question], budgets),
      };
      if (word.invoiceId === null) add(byQuestion, one.question, allowance);
      else add(byInvoice, word.invoiceId, allowance);
    }
  }

  return {
    allowancesFor(wish, invoiceId) {
      if (byQuestion.size === 0 && byInvoice.size === 0) return NONE;
      const found = new Set<Allowance>();
      for (const { said: from } of wish.voices) {
        for (const one of byQuestion.get(from.question) ?? NONE) found.add(one);
      }
      if (invoiceId !== null) for (const one of byInvoice.get(invoiceId) ?? NONE) found.add(one);
      return [...found].filter((one) => concerns(one.word, wish)).sort(byRule);
    },
  };
}

function concerns(limit: Limit, wish: Wish): boolean {
  return (
    limit.effect === wish.effect.kind &&
    (limit.proposedBy === null || wish.voices.some((voice) => voice.said.rule === limit.proposedBy))
  );
}

/** Limits of one budget share what is left; if they name different amounts, the smallest counts. */
function purseOf(
  word: Limit,
  said: Said,
  question: Question | undefined,
  budgets: Map<string, { leftHundredths: bigint }>,
): { leftHundredths: bigint } {
  if (word.budget === null) return { leftHundredths: word.atMostHundredths };
  const name = JSON.stringify([said.rule, question?.facts.client.id, word.effect, word.budget]);
  const known = budgets.get(name);
  if (known === undefined) {
    const purse = { leftHundredths: word.atMostHundredths };
    budgets.set(name, purse);
    return purse;
  }
  known.leftHundredths = least(known.leftHundredths, word.atMostHundredths);
  return known;
}

function add(map: Map<number, Allowance[]>, key: number, allowance: Allowance): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [allowance]);
  else known.push(allowance);
}

function byRule(a: Allowance, b: Allowance): number {
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return Number(a.word.atMostHundredths - b.word.atMostHundredths);
}
