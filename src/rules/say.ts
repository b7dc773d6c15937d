import type { Effect } from './effect.ts';
import { effects } from './effects/index.ts';
import type { Answer, Limit, Propose, Skip } from './words.ts';

/** What every proposal needs: the fact it answers, and why, in words an admin understands. */
interface Grounds {
  /** Makes the effect happen once, whatever WHMCS fires again; begin it with the rule's id. */
  readonly fact: string;
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
    because: wish.because,
  });
}

/** At most this much of an effect that someone proposes; see `Limit`. */
export function limit(
  effect: Limit['effect'],
  wish: Pick<Limit, 'atMostHundredths' | 'because'> &
    Partial<Pick<Limit, 'invoiceId' | 'proposedBy' | 'budget'>>,
): Limit {
  return {
    say: 'limit',
    effect,
    invoiceId: wish.invoiceId ?? null,
    proposedBy: wish.proposedBy ?? null,
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
