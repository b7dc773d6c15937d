import { z } from 'zod';
import { DATA_MAX_MEMBERS, hookOf, isDeniedField, isForwardedHook } from '../../../bridge/index.ts';
import { RuleError } from '../../base/index.ts';
import type { Caution, ConditionalNeeds, NeededSwitch, Path, Reach } from '../define-rule.ts';
import { limitedKinds } from '../effect.ts';
import { needs } from '../facts.ts';
import type { OwnHook } from '../own-hook.ts';

/** A rule from a file: its declarations are checked, but not yet what its functions return. */
export interface LoadedRule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Events it listens to; empty when it only limits. */
  readonly on: ReadonlySet<string>;
  readonly ownHooks: readonly OwnHook[];
  readonly needs: readonly string[];
  readonly limitsNeed: readonly string[];
  readonly needsWhen: readonly ConditionalNeeds[];
  readonly reach: Readonly<Partial<Record<Path, Reach>>>;
  readonly whmcsNeeds: readonly NeededSwitch[];
  readonly cautions: readonly Caution[];
  readonly settings: z.ZodType;
  readonly dueWithinDays: ((settings: unknown) => unknown) | undefined;
  readonly dailyClients: ((settings: unknown) => unknown) | undefined;
  readonly inline: ((settings: unknown) => unknown) | undefined;
  readonly outerLimits: ((settings: unknown) => unknown) | undefined;
  readonly offersClients: ((settings: unknown) => unknown) | undefined;
  readonly decide: ((input: unknown) => unknown) | undefined;
  readonly givesAtMost: ((settings: unknown) => unknown) | undefined;
  readonly whenMoneyGoesBack: ((settings: unknown) => unknown) | undefined;
  /** By kind of effect. */
  readonly limits: ReadonlyMap<string, (input: unknown) => unknown>;
  readonly source: string;
}

const POINTS_MAX = 50;
const SWITCHES_MAX = 10;

const anyFunction = z.custom<(input: unknown) => unknown>((value) => typeof value === 'function', {
  error: 'It is not a function.',
});

const hookName = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/);
const field = z.string().refine((name) => !isDeniedField(name), {
  error: 'A field of this name never leaves WHMCS.',
});

/** As `hook` makes it. */
const ownHook = z.strictObject({
  hook: hookName
    .refine((name) => hookOf(name) === undefined, {
      error: 'Credit Bridge knows this hook: put its name into `on` as a text.',
    })
    .refine(isForwardedHook, { error: 'This hook never leaves WHMCS.' }),
  fields: z.array(field).max(DATA_MAX_MEMBERS).exactOptional(),
  client: field.exactOptional(),
  invoice: field.exactOptional(),
  order: field.exactOptional(),
});

const declared = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, {
    error: 'A rule’s id is kebab-case and has at most 64 characters.',
  }),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(1000),
  on: z
    .array(z.union([hookName, ownHook]))
    .max(POINTS_MAX)
    .default([]),
  needs: z.array(z.enum(needs)),
  limitsNeed: z.array(z.enum(needs)).optional(),
  needsWhen: z
    .array(
      z.strictObject({
        setting: z.string().min(1).max(100),
        is: z.union([z.string(), z.boolean()]),
        needs: z.array(z.enum(needs)),
      }),
    )
    .max(SWITCHES_MAX)
    .default([]),
  reach: z.partialRecord(
    z.enum(['run', 'checkout', 'client-form', 'mass-payment', 'admin', 'api']),
    z.enum(['enforced', 'prevented-in-page', 'detected']),
  ),
  whmcsNeeds: z
    .array(
      z.strictObject({
        setting: z.enum([
          'AddFundsEnabled',
          'AddFundsRequireOrder',
          'NoAutoApplyCredit',
          'CreditOnDowngrade',
        ]),
        says: z.string().min(1).max(500),
        remedy: z.string().min(1).max(500),
      }),
    )
    .max(SWITCHES_MAX)
    .default([]),
  cautions: z
    .array(
      z.strictObject({
        setting: z.string().min(1).max(100).exactOptional(),
        is: z.union([z.string(), z.boolean()]).exactOptional(),
        sinceMajor: z.int().min(0).max(99),
        says: z.string().min(1).max(500),
      }),
    )
    .max(SWITCHES_MAX)
    .default([]),
  settings: z.custom<z.ZodType>(isSchema, { error: '`settings` is not a zod schema.' }),
  outerLimits: anyFunction.optional(),
  offersClients: anyFunction.optional(),
  dueWithinDays: anyFunction.optional(),
  dailyClients: anyFunction.optional(),
  inline: anyFunction.optional(),
  decide: anyFunction.optional(),
  givesAtMost: anyFunction.optional(),
  whenMoneyGoesBack: anyFunction.optional(),
  limits: z.partialRecord(z.enum(limitedKinds), anyFunction).default({}),
});

const shape = declared
  .refine(({ decide, limits }) => decide !== undefined || Object.keys(limits).length > 0, {
    error: 'A rule has `decide` or `limits`.',
  })
  .refine(({ decide, on }) => (decide === undefined) === (on.length === 0), {
    error: 'A rule has both `on` and `decide`, or neither.',
  })
  .refine(({ on, dailyClients }) => on.includes('ClientDaily') === (dailyClients !== undefined), {
    error: 'A rule has both `ClientDaily` in `on` and `dailyClients`, or neither.',
  })
  .refine(({ needs: all, limitsNeed = [] }) => limitsNeed.every((need) => all.includes(need)), {
    error: '`limitsNeed` names only what `needs` names, too.',
  });

/** Whether a module's export looks like a rule. */
export function looksLikeRule(exported: unknown): boolean {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    ('decide' in exported || ('id' in exported && 'limits' in exported))
  );
}

/**
 * Reads an export as a rule.
 *
 * @throws {RuleError} `rule-invalid`, with the problem
 */
export function readRule(exported: unknown, source: string): LoadedRule {
  const read = shape.safeParse(exported);
  if (!read.success) {
    throw new RuleError('rule-invalid', `The rule in ${source}: ${z.prettifyError(read.error)}`);
  }
  const { on, limits, ...rule } = read.data;
  return {
    ...rule,
    on: new Set(on.map((point) => (typeof point === 'string' ? point : point.hook))),
    ownHooks: on.filter((point) => typeof point !== 'string'),
    limitsNeed: rule.limitsNeed ?? rule.needs,
    dueWithinDays: rule.dueWithinDays,
    dailyClients: rule.dailyClients,
    inline: rule.inline,
    outerLimits: rule.outerLimits,
    offersClients: rule.offersClients,
    decide: rule.decide,
    givesAtMost: rule.givesAtMost,
    whenMoneyGoesBack: rule.whenMoneyGoesBack,
    limits: new Map(Object.entries(limits)),
    source,
  };
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value;
}
