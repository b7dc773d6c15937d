import type { Effect } from './effect.ts';
import { effects } from './effects/index.ts';
import type { Answer, Limit, Propose, Skip } from './words.ts';

/** What every proposal needs: the fact it answers, and a reason in words that an admin understands. */
interface Grounds {
  /** Makes the effect happen only once, even when WHMCS fires a hook again; start it with the rule's id. */
  readonly fact: string;
  /** The rule's own limits, such as a cap per month. */
  readonly limits?: readonly Limit[];
  /** When there is nothing to do, no decision says so; see `Propose`. */
  readonly quiet?: boolean;
  readonly because: string;
}

type Proposals = {
  readonly [Home in (typeof effects)[number] as Home['schema']['shape']['kind']['value']]: (
    wish: Grounds & Parameters<Home['propose']>[0],
  ) => Propose;
};

/**
 * One function per kind of effect that makes a proposal, with the usual defaults.
 *
 * The compiler cannot follow each kind to its own wish, so the type is asserted.
 */
export const propose = Object.fromEntries(
  effects.map((home) => [home.schema.shape.kind.value, proposalOf(home)]),
) as unknown as Proposals;

function proposalOf(home: { propose(wish: never): Effect }) {
  return (wish: Grounds): Propose => ({
    say: 'propose',
    fact: wish.fact,
    effect: home.propose(wish as never),
    ...(wish.limits === undefined ? {} : { limits: wish.limits }),
    ...(wish.quiet === true ? { quiet: true } : {}),
    because: wish.because,
  });
}

/** Limits a proposal to an amount; see `Limit`. */
export function limit(
  wish: Pick<Limit, 'atMostHundredths' | 'because'> & Partial<Pick<Limit, 'budget' | 'turn'>>,
): Limit {
  return {
    atMostHundredths: wish.atMostHundredths,
    budget: wish.budget ?? null,
    ...(wish.turn === undefined ? {} : { turn: wish.turn }),
    because: wish.because,
  };
}

/** A proposal of more than this waits until an admin agrees to it; by default every proposal does. See `Limit`. */
export function askApproval(
  wish: Pick<Limit, 'because'> &
    Partial<Pick<Limit, 'budget'>> & { readonly aboveHundredths?: bigint },
): Limit {
  return {
    atMostHundredths: wish.aboveHundredths ?? 0n,
    budget: wish.budget ?? null,
    untilAgreed: true,
    because: wish.because,
  };
}

/** Does nothing, with a reason for the admin. */
export function skip(because: string): Skip {
  return { say: 'skip', because };
}

/** Answers WHMCS while it waits; see `Answer`. */
export function answer(said: Omit<Answer, 'say'>): Answer {
  return { say: 'answer', ...said };
}
