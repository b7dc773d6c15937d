/** What a hook of WHMCS tells: numbers and short texts, as WHMCS gave them. */
export type OwnHookData = Readonly<Record<string, string | number | boolean | null>>;

/** What a rule says about a hook outside of the catalogue of Credit Bridge. */
interface AboutHook<Field extends string> {
  /**
   * Fields that leave WHMCS besides those that end in `id`, `amount`, `status` or `type`. Passwords, cards, tokens and the like never
   * leave it.
   */
  readonly fields?: readonly Field[];
  /** The field with the client's id, where it is called unlike in other hooks. */
  readonly client?: Field;
  /** The field with the id of an invoice. Its client is meant. */
  readonly invoice?: Field;
  /** The field with the id of an order. Its client is meant. */
  readonly order?: Field;
}

/** A hook that a rule declares with `hook`. */
export interface OwnHook extends AboutHook<string> {
  /** WHMCS's name. */
  readonly hook: string;
}

/** The same, with the types of its name and data. */
export interface TypedHook<Name extends string, Data extends OwnHookData> extends OwnHook {
  readonly hook: Name;
  /** Never there: it holds the type. */
  readonly data?: Data;
}

/**
 * Declares a hook that Credit Bridge does not know, for a rule's `on`. Its data has the type `Data`; nothing checks that WHMCS sends
 * that. A rule is asked about a client, so a hook has to name one: by `userid`, `clientid`, `invoiceid`, `orderid` and the like, or
 * by the field that is named here.
 */
export function hook<Name extends string, Data extends OwnHookData>(
  name: Name,
  about: AboutHook<keyof Data & string> = {},
): TypedHook<Name, Data> {
  return { ...about, hook: name };
}
