import { z } from 'zod';
import { NAME_MAX_CHARACTERS } from './limits.ts';

/** Schemas of values that several messages use. */

/** A UUID in small letters only, because both sides compare ids as texts. */
export const uuid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

/** WHMCS's name of a hook: letters and digits, beginning with a letter. */
export const hookName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*$/)
  .max(NAME_MAX_CHARACTERS);

/** The name of a member of `data`. */
export const fieldName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]*$/)
  .max(NAME_MAX_CHARACTERS);

/** A version such as `8.13.1` or `9.0.0-rc.1`. */
export const version = z.string().regex(/^[0-9A-Za-z.+_-]{1,32}$/);

/** A calendar day in WHMCS's time zone. */
export const localDate = z.iso.date();

/** An IANA time zone, as PHP names it. */
export const timeZone = z.string().regex(/^[A-Za-z0-9_+/-]{1,64}$/);

/** A moment in UTC, with up to six decimals of a second. */
export const utcMoment = z.iso.datetime();

/** An id of a WHMCS row. */
export const rowId = z.int().positive();

/** A count. */
export const count = z.int().nonnegative();

/** How the shim treats a hook that fired. The README explains each mode. */
export const answerMode = z.enum(['deferred', 'inline', 'veto']);
export type AnswerMode = z.infer<typeof answerMode>;
