import type { z } from 'zod';
import type { Facts } from '../facts.ts';
import type { Allowance } from './allowance.ts';
import type { Command, Decided, Notice } from './command.ts';
import type { Served } from './served.ts';
import type { World } from './world.ts';

/** Every effect names its kind; one that concerns an invoice names that as `invoiceId`. */
type EffectSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }, z.core.$strict>;

/** What a rule passes to `propose`: the effect, without what has a default. */
export type Wished<Effect, Optional extends keyof Effect = never> = Omit<
  Effect,
  Optional | 'kind'
> &
  Partial<Pick<Effect, Optional>>;

/** What a wish is served from. */
export interface Serving {
  /** The rule that asks. */
  readonly rule: string;
  readonly facts: Facts;
  readonly spendableHundredths: bigint;
  /** The limits on this wish. */
  readonly allowances: readonly Allowance[];
  readonly world: World;
}

/** The figures of a decision, as texts. */
export interface Told {
  readonly amount: string;
  /** What was due on the invoice. */
  readonly due: string;
  readonly spendable: string;
  /** `client #5` */
  readonly client: string;
  /** `invoice #9`; the client where the decision concerns no invoice. */
  readonly target: string;
}

export interface EffectWords {
  /** In a list: `Apply credit`. */
  readonly name: string;
  /** `Credit Bridge decided to (verb) (object).` and `Credit Bridge would have (participle) (object).` */
  readonly verb: string;
  readonly participle: string;
  readonly object: (told: Told) => string;
  /** What came of it when nothing did, such as `no credit on invoice #9`. */
  readonly nothing?: (told: Told) => string;
  /** A sentence that tells from which figures the decision came. */
  readonly figures?: (told: Told) => string;
  /** A sentence with the amount; a decision's reason begins with it. */
  readonly reason?: (told: Told) => string;
}

/** An effect becomes a command for WHMCS, or a notice for the admins. Only commands are limited, and held back by a freeze. */
type CarriedOut<Effect> =
  | { readonly asks: 'whmcs'; command(effect: Effect, decided: Decided): Command }
  | { readonly asks: 'admins'; notice(effect: Effect): Notice };

interface WithSchema<Schema> {
  /** Checks what a rule proposes; the type of the effect follows from it. */
  readonly schema: Schema;
}

interface EffectParts<Effect, Wish> {
  /** Makes the effect from what a rule passes to `propose`, with the defaults that most rules want. */
  propose(wish: Wish): Effect;
  /** The amount that is asked for; null when none is named. */
  asked(effect: Effect): bigint | null;
  /** One effect from two that answer the same fact on the same invoice: the more careful of both. */
  merge(one: Effect, other: Effect): Effect;
  /** What limits, credit and the invoice allow. Draws the world down by it. */
  serve(effect: Effect, serving: Serving): Served;
  readonly words: EffectWords;
}

export type EffectHome<Effect> = WithSchema<EffectSchema> &
  EffectParts<Effect, never> &
  CarriedOut<Effect>;

/** Declares a kind of effect; see `src/rules/README.md`, "Where a new effect goes". */
export function defineEffect<
  Schema extends EffectSchema,
  Wish,
  Asks extends CarriedOut<never>['asks'],
>(
  home: WithSchema<Schema> &
    EffectParts<Readonly<z.output<Schema>>, Wish> &
    Extract<CarriedOut<Readonly<z.output<Schema>>>, { readonly asks: Asks }> & {
      readonly asks: Asks;
    },
): typeof home {
  return home;
}
