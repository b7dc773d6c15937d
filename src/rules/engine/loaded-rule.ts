import { z } from 'zod';
import { RuleError } from '../../base/index.ts';

/** A rule as it came out of a file: what it says of itself is checked, what its functions return is not yet. */
export interface LoadedRule {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly on: readonly string[];
  readonly needs: readonly string[];
  readonly reach: Readonly<Record<string, string>>;
  readonly settings: z.ZodType;
  readonly dueWithinDays: ((settings: unknown) => unknown) | undefined;
  readonly inline: ((settings: unknown) => unknown) | undefined;
  readonly decide: (input: unknown) => unknown;
  readonly source: string;
}

const POINTS_MAX = 50;
const reach = z.enum(['enforced', 'prevented-in-page', 'detected', 'not-applicable']);

const shape = z.object({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, {
    error: 'A rule’s id is kebab-case and has at most 64 characters.',
  }),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(1000),
  on: z
    .array(z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,63}$/))
    .min(1)
    .max(POINTS_MAX),
  needs: z.array(
    z.enum([
      'invoice',
      'openInvoices',
      'openDeposits',
      'received',
      'ownGrants',
      'grants',
      'activeOrder',
    ]),
  ),
  reach: z.strictObject({
    run: reach,
    checkout: reach,
    'client-form': reach,
    'mass-payment': reach,
    admin: reach,
    api: reach,
  }),
  settings: z.custom<z.ZodType>(isSchema, { error: '`settings` is not a zod schema.' }),
  dueWithinDays: z.custom<(settings: unknown) => unknown>(isFunction).optional(),
  inline: z.custom<(settings: unknown) => unknown>(isFunction).optional(),
  decide: z.custom<(input: unknown) => unknown>(isFunction, { error: '`decide` is no function.' }),
});

/** Whether a module's export is meant to be a rule. */
export function looksLikeRule(exported: unknown): boolean {
  return typeof exported === 'object' && exported !== null && 'decide' in exported;
}

/**
 * Reads an export as a rule.
 *
 * @throws {RuleError} `rule-invalid`, naming what is wrong
 */
export function readRule(exported: unknown, source: string): LoadedRule {
  const read = shape.safeParse(exported);
  if (!read.success) {
    throw new RuleError('rule-invalid', `The rule in ${source}: ${z.prettifyError(read.error)}`);
  }
  const { dueWithinDays, inline, ...rule } = read.data;
  return { ...rule, dueWithinDays, inline, source };
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isSchema(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_zod' in value && 'safeParse' in value;
}
