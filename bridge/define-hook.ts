import { z } from 'zod';
import type { AnswerMode } from './words.ts';

/** A hook of WHMCS that bears on credit. */
export interface Hook<Data extends z.ZodObject = z.ZodObject> {
  /** The section of whmcs.md that describes the hook. */
  readonly whmcs: Section;
  /** How the shim treats the hook unless the manifest says otherwise. */
  readonly answer: AnswerMode;
  /** Which values may leave WHMCS, in this order. Everything else stays there. */
  readonly fields: readonly string[];
  /** Reads an item's `data`. */
  readonly data: Data;
}

type Section = `§${string}`;

/** The schema of each value that leaves, by the field it comes from. */
type Fields = Readonly<Record<string, z.ZodType>>;

/** Where the shim finds a value. The README has the table. */
type Source = 'session.userid' | `request.${string}`;

/** Refuses a field whose place the shim does not know. */
type Checked<F extends Fields> = {
  readonly [Name in keyof F]: Name extends `${string}.${string}`
    ? Name extends Source
      ? F[Name]
      : never
    : F[Name];
};

/** The name under which a field is sent. `invocieid` is WHMCS's typing error (whmcs.md §4.3). */
type SentAs<Name extends string> = Name extends `${string}.${infer Last}`
  ? Last
  : Name extends 'invocieid'
    ? 'invoiceid'
    : Name;

type Sent<F extends Fields> = z.ZodObject<{
  [Name in keyof F & string as SentAs<Name>]: F[Name];
}>;

/** Declares a hook that the shim sends after the page. The type of its data follows from the fields. */
export const deferred = answering('deferred');

/** Declares a hook that the shim sends at once. */
export const inline = answering('inline');

/** Declares a hook whose answer WHMCS waits for and obeys. */
export const veto = answering('veto');

function answering(answer: AnswerMode) {
  return <F extends Fields>(whmcs: Section, fields: F & Checked<F>): Hook<Sent<F>> => ({
    whmcs,
    answer,
    fields: Object.keys(fields),
    data: readerOf<F>(fields),
  });
}

/** The schema of `data`. Where two fields are sent under one name, the first one's schema reads it. */
function readerOf<F extends Fields>(fields: F): Sent<F> {
  const shape = new Map<string, z.ZodType>();
  for (const [field, schema] of Object.entries(fields)) {
    const name = sentAs(field);
    if (!shape.has(name)) shape.set(name, schema);
  }
  return z.object(Object.fromEntries(shape)) as Sent<F>;
}

function sentAs(field: string): string {
  if (field === 'invocieid') return 'invoiceid';
  return field.slice(field.indexOf('.') + 1);
}
