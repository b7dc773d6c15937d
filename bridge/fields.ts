import { z } from 'zod';
import { whmcsAmount } from './amount.ts';

/**
 * Schemas for the values of a hook's `data`. WHMCS gives ids as numbers in one hook and as texts in the next,
 * and it omits or empties what it does not have (whmcs.md §3.1). Here each value has one type.
 */

const LARGEST_ID = 4_294_967_295;

/** The id of a row of WHMCS, as a number; 0 where WHMCS means none. */
export const id = z.union([
  z.int().nonnegative().max(LARGEST_ID),
  z
    .string()
    .regex(/^[0-9]{1,10}$/)
    .transform(Number)
    .pipe(z.int().max(LARGEST_ID)),
]);

/** An amount, as hundredths in the client's currency. */
export const amount = whmcsAmount;

/** A short text: a status, a system name, a kind. */
export const text = z.union([z.string(), z.number().transform(String)]);

const ON = new Set(['on', '1', 'true']);

/** A checkbox: `on`, `1` and `true` are true, everything else is false (whmcs.md §1.1). */
export const flag = z
  .union([z.string(), z.number(), z.boolean()])
  .transform((value) => ON.has(String(value).toLowerCase()));

/** A value that may be absent, null or an empty text. All three become undefined. */
export function maybe<S extends z.ZodType>(schema: S) {
  return z
    .union([z.null().transform(() => undefined), z.literal('').transform(() => undefined), schema])
    .optional();
}

/**
 * A value that a visitor's form posts. What does not have its form counts as absent: else a visitor could have the question
 * refused, and go on without an answer.
 */
export function posted<S extends z.ZodType>(schema: S) {
  return maybe(schema).catch(undefined);
}
