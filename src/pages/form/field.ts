/** A setting as the admin's form shows it; read from the JSON Schema that a rule's zod schema gives. */
export type Field =
  | (FieldCommon & { readonly kind: 'boolean' })
  | (FieldCommon & { readonly kind: 'choice'; readonly choices: readonly Choice[] })
  | (FieldCommon & {
      readonly kind: 'integer';
      readonly minimum: number | undefined;
      readonly maximum: number | undefined;
      readonly unit: string;
    })
  | (FieldCommon & {
      readonly kind: 'decimal';
      readonly as: 'text' | 'number';
      readonly unit: string;
    })
  | (FieldCommon & {
      readonly kind: 'text';
      readonly maxLength: number | undefined;
      readonly long: boolean;
    })
  | (FieldCommon & { readonly kind: 'amounts' })
  /** Any number of choices. */
  | (FieldCommon & { readonly kind: 'several'; readonly choices: readonly Choice[] })
  /** Any number of things of WHMCS, by their ids. */
  | (FieldCommon & { readonly kind: 'things'; readonly of: ThingKind })
  | (FieldCommon & {
      readonly kind: 'list';
      readonly item: Field;
      readonly maxItems: number | undefined;
    })
  | (FieldCommon & { readonly kind: 'group'; readonly members: readonly Member[] })
  | (FieldCommon & {
      readonly kind: 'variants';
      /** The member that says which variant it is. */
      readonly by: string;
      readonly variants: readonly Variant[];
    })
  /** A schema that the form has no inputs for. It is edited as JSON, so that every rule has a form. */
  | (FieldCommon & { readonly kind: 'json' });

export const thingKinds = ['client-group', 'currency', 'product-group', 'product'] as const;
export type ThingKind = (typeof thingKinds)[number];

export interface FieldCommon {
  readonly title: string;
  readonly help: string;
  /** What an empty input means: a fault, the member left out, or `null`. */
  readonly empty: 'fault' | 'omit' | 'null';
}

export interface Choice {
  /** The JSON value; usually a text. */
  readonly value: string | number | boolean | null;
  readonly title: string;
  readonly help: string;
}

export interface Member {
  readonly name: string;
  readonly field: Field;
}

export interface Variant {
  readonly choice: Choice;
  readonly members: readonly Member[];
}
