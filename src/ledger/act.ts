import { z } from 'zod';
import { grantKinds } from './kinds.ts';

const day = z.iso.date().nullable();
const sequence = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);

/** The terms of a grant that an entry opens. Smaller `priority` is drawn first; 100 is usual. */
export const grantTerms = z.strictObject({
  kind: z.enum(grantKinds),
  startsOn: day.default(null),
  expiresOn: day.default(null),
  priority: z.int().min(0).max(1000).default(100),
  refundable: z.boolean().default(false),
  /** The invoice whose refund takes this grant back. */
  followsInvoiceId: z.int().positive().nullable().default(null),
  rule: z.string().max(64).default(''),
});
export type GrantTerms = z.output<typeof grantTerms>;

/** The terms of credit of which nothing but its kind is known. */
export function plainTerms(kind: GrantTerms['kind']): GrantTerms {
  return grantTerms.parse({ kind });
}

/**
 * What an entry does to the grants of its account. It is stored with the entry, so that replaying the acts in the order of
 * sequence rebuilds every grant.
 *
 * - `history`: imported at adoption; changes no grants by itself.
 * - `grant`: credit came; opens a grant.
 * - `spend`: credit went; draws the grants named, then the others in their order. What no grant covers stays unfunded.
 * - `return`: credit came back from the entry's invoice; its draw-downs are reversed, last drawn first. What was never drawn
 *   for it opens a grant of kind `refund`.
 * - `take-back`: the return of that sequence is reversed: the grants it restored are drawn again.
 * - `correct`: the entry of that sequence is taken back, as if it had not been. A grant it opened is closed, and what was
 *   drawn from it becomes unfunded; what it drew is given back to the grants.
 */
export const act = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('history') }),
  z.strictObject({
    do: z.literal('grant'),
    ...grantTerms.shape,
    /** Funds what is unfunded even where the settings say that promotional credit does not. */
    fundsUnfunded: z.boolean().default(false),
    /** What the rule calls what it gave, such as `a bonus for the deposit of {invoice}`; absent where it said nothing. */
    givenAs: z.string().max(200).exactOptional(),
  }),
  z.strictObject({ do: z.literal('spend'), grants: z.array(sequence).max(40).default([]) }),
  z.strictObject({ do: z.literal('return') }),
  z.strictObject({ do: z.literal('take-back'), returns: sequence }),
  z.strictObject({ do: z.literal('correct'), corrects: sequence }),
]);
export type Act = z.output<typeof act>;

/** An act as it is read back in lists: one unreadable row must not take the others with it. */
export type StoredAct = Act | { readonly do: 'unreadable' };

/** Reads a stored act; `unreadable` for what no version wrote. Nothing may be posted by that. */
export function readStoredAct(text: string): StoredAct {
  try {
    return readAct(text);
  } catch {
    return { do: 'unreadable' };
  }
}

/** Reads a stored act. @throws {z.ZodError} for what no version wrote. */
export function readAct(text: string): Act {
  return act.parse(JSON.parse(text));
}

/** Writes an act for storage: JSON with sequences as texts, in ASCII as the column is. */
export function writeAct(one: Act): string {
  const text = JSON.stringify(one, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
