import type { PointName, RuleEvent } from '../define-rule.ts';
import type { EffectKind } from '../effect.ts';
import type { Facts } from '../facts.ts';
import { settle } from '../settle/index.ts';
import type { Limit, Propose, Word } from '../words.ts';

/** What becomes of what a rule said. */
export interface Outcome {
  /** `effect`: it is done. `skipped`: nothing is, and `reason` says why. Others: an answer, or what waits for an admin. */
  readonly outcome: string;
  /** Null when the rule proposed nothing. */
  readonly effect: EffectKind | null;
  readonly fact: string | null;
  /** After limits, rounding and what the client has; 0 when nothing is done, and for effects without an amount. */
  readonly amountHundredths: bigint;
  /** As the decision says it to the admin. */
  readonly reason: string;
}

/** A limit of another rule on one of the words. */
export interface SaidLimit {
  readonly word: Propose;
  readonly rule: string;
  readonly limit: Limit;
}

/** Settles what one rule said about one event, as the service does when nothing else happens. */
export function settleWords(
  rule: string,
  words: readonly Word[],
  {
    event,
    facts,
    limits,
  }: {
    readonly event: RuleEvent<PointName>;
    readonly facts: Facts;
    readonly limits: readonly SaidLimit[];
  },
): readonly Outcome[] {
  const question = { key: `client:${facts.client.id}`, event, facts };
  const voice = { mode: 'on', settingsVersion: 1 } as const;
  const said = { ...voice, question: 0, key: question.key, rule, words };
  const [settlement] = settle([question], [said], new Map(), {
    limits: limits.map((one) => ({ ...voice, ...one })),
  });
  return (settlement?.settled ?? []).map(({ outcome, effect, fact, amountHundredths, reason }) => ({
    outcome,
    effect: effect?.kind ?? null,
    fact,
    amountHundredths,
    reason,
  }));
}
