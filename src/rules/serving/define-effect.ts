import type { z } from 'zod';
import type { Facts } from '../facts.ts';
import type { Allowance } from './allowance.ts';
import type { Command, Decided, Notice } from './command.ts';
import type { OwnAction } from './own-action.ts';
import type { Served } from './served.ts';
import type { StoreWrite } from './store-write.ts';
import type { World } from './world.ts';

/** Every effect has its kind, and the invoice it concerns, if any, as `invoiceId`. */
type EffectSchema = z.ZodObject<{ kind: z.ZodLiteral<string> }, z.core.$strict>;

/** A rule's argument to `propose`: the effect, where members with defaults are optional. */
export type Wished<Effect, Optional extends keyof Effect = never> = Omit<
  Effect,
  Optional | 'kind'
> &
  Partial<Pick<Effect, Optional>>;

/** Everything that decides what a wish gets. */
export interface Serving {
  /** The rule that proposes. */
  readonly rule: string;
  /** The fact that the wish answers. */
  readonly fact: string;
  readonly facts: Facts;
  readonly spendableHundredths: bigint;
  /** The limits on this wish. */
  readonly allowances: readonly Allowance[];
  readonly world: World;
}

/** The figures of a decision, as texts. */
export interface Told {
  readonly amount: string;
  /** The amount due on the invoice. */
  readonly due: string;
  readonly spendable: string;
  /** `client #5` */
  readonly client: string;
  /** `invoice #9`; the client when the decision concerns no invoice. */
  readonly target: string;
}

export interface EffectWords {
  /** In a list: `Apply credit`. */
  readonly name: string;
  /** `Credit Bridge decided to (verb) (object).` and `Credit Bridge would have (participle) (object).` */
  readonly verb: string;
  readonly participle: string;
  readonly object: (told: Told) => string;
  /** The result when nothing is done, such as `no credit on invoice #9`. */
  readonly nothing?: (told: Told) => string;
  /** A sentence with the figures behind the decision. */
  readonly figures?: (told: Told) => string;
  /** A sentence with the amount; a decision's reason begins with it. */
  readonly reason?: (told: Told) => string;
}

/** The decision that a row of ours carries out. */
export interface StoreDecided {
  /** After limits, rounding and clamps. */
  readonly amountHundredths: bigint;
  /** Why, in the rule's words. */
  readonly because: string;
}

/**
 * An effect becomes a command for WHMCS, a notice to the admins, or a row in our own store. Only commands can be limited; a freeze
 * holds back all but notices.
 */
type CarriedOut<Effect> =
  | {
      readonly asks: 'whmcs';
      /** An action that only this effect asks for. */
      readonly action?: OwnAction;
      command(effect: Effect, decided: Decided): Command;
    }
  | { readonly asks: 'admins'; notice(effect: Effect): Notice }
  | { readonly asks: 'store'; write(effect: Effect, decided: StoreDecided): StoreWrite };

export interface WithSchema<Schema> {
  /** Checks a rule's proposal, and gives the type of the effect. */
  readonly schema: Schema;
}

export interface EffectParts<Effect, Wish> {
  /** Whether it changes credit or an invoice: its decisions and commands are then kept for ever. */
  readonly movesMoney: boolean;
  /** Makes the effect from a rule's argument to `propose`, with the usual defaults. */
  propose(wish: Wish): Effect;
  /** The asked amount; null when there is none. */
  asked(effect: Effect): bigint | null;
  /** Merges two effects that answer the same fact on the same invoice: the more careful of both. */
  merge(one: Effect, other: Effect): Effect;
  /** Its place among effects of its kind for one client, the smaller first; all alike when absent. */
  turn?(effect: Effect): bigint;
  /** Returns what limits, credit and the invoice allow, and subtracts it from the world. */
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
