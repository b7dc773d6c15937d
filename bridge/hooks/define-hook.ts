import type { z } from 'zod';
import type { AnswerMode } from '../words.ts';

/**
 * Where the shim finds a value: the hook's argument of that name; `request.x` in PHP's `$_REQUEST`;
 * `session.userid` is the client who is logged in. It is sent under its last part. `invocieid` is WHMCS's typing error
 * (whmcs.md §4.3), sent as `invoiceid`.
 */
export type FieldSource<Name extends string> =
  | Name
  | `request.${Name}`
  | `session.${Name}`
  | (Name extends 'invoiceid' ? 'invocieid' : never);

export interface Hook<Name extends string = string, Data extends z.ZodObject = z.ZodObject> {
  /** WHMCS's name as it stands. */
  readonly name: Name;
  /** The section of whmcs.md that describes the hook. */
  readonly whmcs: `§${string}`;
  /** Which values may leave WHMCS. Everything else stays there. */
  readonly fields: readonly FieldSource<keyof z.input<Data> & string>[];
  /** Reads an item's `data`. */
  readonly data: Data;
  /** How the shim treats the hook unless the manifest says otherwise. */
  readonly answer: AnswerMode;
}

/** Declares a hook; the types of its name and its data follow from the declaration. */
export function defineHook<const Name extends string, Data extends z.ZodObject>(
  hook: Hook<Name, Data>,
): Hook<Name, Data> {
  return hook;
}
