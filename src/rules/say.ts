import type { Effect } from './effect.ts';
import { effects } from './effects/index.ts';
import type { Answer, Limit, Propose, Skip } from './words.ts';

/** What every proposal needs: the fact it answers, and why, in words an admin understands. */
interface Grounds {
  /** Makes the effect happen once, whatever WHMCS fires again; begin it with the rule's id. */
  readonly fact: string;
  /** What the rule allows itself, such as a cap per month. */
  readonly limits?: readonly Limit[];
  readonly because: string;
}

type Proposals = {
  readonly [Home in (typeof effects)[number] as Home['schema']['shape']['kind']['value']]: (
    wish: Grounds & Parameters<Home['propose']>[0],
  ) => Propose;
};

/**
 * Proposals, one for each kind of effect, with the defaults that most rules want.
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
    because: wish.because,
  });
}

/** At most this much of a proposal; see `Limit`. */
export function limit(wish: Omit<Limit, 'budget'> & Partial<Pick<Limit, 'budget'>>): Limit {
  return {
    atMostHundredths: wish.atMostHundredths,
    budget: wish.budget ?? null,
    because: wish.because,
  };
}

/** Do nothing, and say why: the admin who asks reads this sentence. */
export function skip(because: string): Skip {
  return { say: 'skip', because };
}

/** Answer WHMCS while it waits; see `Answer`. */
export function answer(said: Omit<Answer, 'say'>): Answer {
  return { say: 'answer', ...said };
}
