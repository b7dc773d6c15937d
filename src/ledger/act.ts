import { z } from 'zod';
import { grantKinds } from './kinds.ts';

const day = z.iso.date().nullable();
const sequence = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);

const hundredths = z
  .string()
  .regex(/^[1-9]\d{0,17}$/)
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

/** The terms of credit when only its kind is known. */
export function plainTerms(kind: GrantTerms['kind']): GrantTerms {
  return grantTerms.parse({ kind });
}

/** The grants that an act may name: more would not fit the column. */
export const NAMED_GRANTS_MAX = 40;
const namedGrants = z.array(sequence).max(NAMED_GRANTS_MAX).default([]);

/**
 * An entry's effect on the grants of its account. It is stored with the entry: replaying the acts in the order of sequence
 * rebuilds every grant.
 *
 * - `history`: imported at adoption; changes no grants by itself.
 * - `grant`: adds credit; opens a grant.
 * - `spend`: takes credit; draws the named grants, then the others in order. A part that no grant covers stays unfunded.
 * - `return`: credit comes back from the entry's invoice; reverses its draw-downs, last drawn first. An amount that was never
 *   drawn for it opens a grant of kind `refund`. With `outOfHundredths`, which is what the invoice was paid with in all, each
 *   draw-down gives back its share, and what was no credit opens the grant.
 * - `take-back`: reverses the return of that sequence: draws the grants it restored again.
 * - `reverse`: takes credit because its payment was taken back; draws the named grants and no others. The rest stays unfunded:
 *   the client owes it.
 * - `correct`: undoes the entry of that sequence. Closes a grant it opened, and draw-downs from it become unfunded; gives
 *   back to the grants what it drew.
 */
export const act = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('history') }),
  z.strictObject({
    do: z.literal('grant'),
    ...grantTerms.shape,
    /** Covers unfunded parts even when the settings forbid it for promotional credit. */
    fundsUnfunded: z.boolean().default(false),
    /** The rule's name for its gift, such as `a bonus for the deposit of {invoice}`; absent when it gave none. */
    givenAs: z.string().max(200).exactOptional(),
  }),
  z.strictObject({ do: z.literal('spend'), grants: namedGrants }),
  z.strictObject({ do: z.literal('return'), outOfHundredths: hundredths.exactOptional() }),
  z.strictObject({ do: z.literal('take-back'), returns: sequence }),
  z.strictObject({ do: z.literal('reverse'), grants: namedGrants }),
  z.strictObject({ do: z.literal('correct'), corrects: sequence }),
]);
export type Act = z.output<typeof act>;

/** Every name that an act can have. */
export const actNames: readonly Act['do'][] = act.options.map(({ shape }) => shape.do.value);

/** An act read for a list: one unreadable row must not fail the whole list. */
export type StoredAct = Act | { readonly do: 'unreadable' };

/** Reads a stored act; `unreadable` when no version wrote it. An unreadable act must never be posted. */
export function readStoredAct(text: string): StoredAct {
  try {
    return readAct(text);
  } catch {
    return { do: 'unreadable' };
  }
}

/** Reads a stored act. @throws {z.ZodError} when no version wrote it. */
export function readAct(text: string): Act {
  return act.parse(JSON.parse(text));
}

/** Writes an act for storage: JSON with sequences as texts, in ASCII like the column. */
export function writeAct(one: Act): string {
  const text = JSON.stringify(one, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return text.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
