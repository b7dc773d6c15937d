import { z } from 'zod';
import { effects } from './effects/index.ts';
import type { EffectHome } from './serving/define-effect.ts';
import type { OwnAction } from './serving/own-action.ts';

type Home = (typeof effects)[number];

/** What a rule may propose; the kinds are listed in `effects/index.ts`. */
export type Effect = Readonly<z.output<Home['schema']>>;
export type EffectKind = Effect['kind'];
export type EffectOf<Kind extends EffectKind> = Extract<Effect, { readonly kind: Kind }>;

/** Kinds that become commands for WHMCS; only they can be limited. */
export type LimitedKind = Extract<
  Home,
  { readonly asks: 'whmcs' }
>['schema']['shape']['kind']['value'];

const [first, ...others] = effects;
const kinds: readonly EffectKind[] = effects.map(kindOf);
const homes: ReadonlyMap<string, EffectHome<Effect>> = new Map(
  effects.map((home) => [kindOf(home), home]),
);

/** Returns the definition of an effect's kind. */
export function homeOf(effect: Effect): EffectHome<Effect> {
  const home = homes.get(effect.kind);
  if (home === undefined) throw new TypeError(`The effect ${effect.kind} does not exist.`);
  return home;
}

/** The same for a stored kind; undefined when this version does not know it. */
export function homeOfKind(kind: string): EffectHome<Effect> | undefined {
  return homes.get(kind);
}

/** The effect that alone asks for this action of WHMCS; undefined for an action that others ask for, too. */
export function homeOfAction(name: string): EffectHome<Effect> | undefined {
  return [...homes.values()].find((home) => ownActionOf(home)?.name === name);
}

/** The action that an effect declares for itself. */
export function ownActionOf(home: EffectHome<Effect>): OwnAction | undefined {
  return home.asks === 'whmcs' ? home.action : undefined;
}

/** Checks the effect of a proposal. */
export const effectSchema = z.discriminatedUnion('kind', [
  first.schema,
  ...others.map((home) => home.schema),
]);

export const limitedKinds = effects
  .filter((home) => home.asks === 'whmcs')
  .map((home) => home.schema.shape.kind.value);

/** Kinds whose decisions and commands are not kept for ever. */
export const kindsWithoutMoney = effects.filter((home) => !home.movesMoney).map(kindOf);

/** The rank of an effect's kind; smaller is served first. */
export function rankOf(effect: Effect): number {
  return kinds.indexOf(effect.kind);
}

/** Its place among effects of its kind for one client; smaller is served first. */
export function turnOf(effect: Effect): bigint {
  return homeOf(effect).turn?.(effect) ?? 0n;
}

/** The invoice an effect concerns; null when it concerns none. */
export function invoiceIdOf(effect: Effect): number | null {
  return 'invoiceId' in effect ? effect.invoiceId : null;
}

function kindOf(home: Home): EffectKind {
  return home.schema.shape.kind.value;
}
