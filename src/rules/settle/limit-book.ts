import { least } from '../../money/index.ts';
import type { Limited } from '../engine/index.ts';
import type { Limit, Propose } from '../words.ts';
import type { Voice, Wish } from './merge-proposals.ts';

/** What a limit still allows while proposals are served. */
export interface Allowance extends Pick<Limited, 'rule' | 'mode' | 'settingsVersion'> {
  readonly limit: Limit;
  /** Shared by all limits of one budget. */
  readonly purse: { leftHundredths: bigint };
}

export interface LimitBook {
  /** The limits on a wish, by rule. */
  allowancesFor(wish: Wish): readonly Allowance[];
}

const NONE: readonly Allowance[] = [];

/** Collects the limits on these proposals: their own, and those of other rules. */
export function createLimitBook(voices: readonly Voice[], limits: readonly Limited[]): LimitBook {
  const saidTo = Map.groupBy(limits, ({ word }) => word);
  const byWord = new Map<Propose, readonly Allowance[]>();
  const budgets = new Map<string, Allowance['purse']>();

  for (const voice of voices) {
    const { word, said } = voice;
    const own = (word.limits ?? []).map((limit): Limited => {
      const { rule, mode, settingsVersion } = said;
      return { word, rule, mode, settingsVersion, limit };
    });
    const all = [...own, ...(saidTo.get(word) ?? [])];
    if (all.length === 0) continue;
    byWord.set(
      word,
      all.map(({ rule, mode, settingsVersion, limit }) => ({
        rule,
        mode,
        settingsVersion,
        limit,
        purse: purseOf(limit, rule, voice, budgets),
      })),
    );
  }

  return {
    allowancesFor({ voices }) {
      if (byWord.size === 0) return NONE;
      return voices.flatMap(({ word }) => byWord.get(word) ?? NONE).sort(byRule);
    },
  };
}

/** Limits of one budget share one purse; if they name different amounts, the smallest counts. */
function purseOf(
  { atMostHundredths, budget }: Limit,
  rule: string,
  { question, word }: Voice,
  budgets: Map<string, Allowance['purse']>,
): Allowance['purse'] {
  if (budget === null) return { leftHundredths: atMostHundredths };
  const name = JSON.stringify([rule, question.facts.client.id, word.effect.kind, budget]);
  const known = budgets.get(name);
  if (known === undefined) {
    const purse = { leftHundredths: atMostHundredths };
    budgets.set(name, purse);
    return purse;
  }
  known.leftHundredths = least(known.leftHundredths, atMostHundredths);
  return known;
}

function byRule(a: Allowance, b: Allowance): number {
  if (a.rule !== b.rule) return a.rule < b.rule ? -1 : 1;
  return Number(a.limit.atMostHundredths - b.limit.atMostHundredths);
}
