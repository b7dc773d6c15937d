import type { GrantKind } from './kinds.ts';

/**
 * Ages of credit, in days since it was given, youngest first; `toDays` is included, null has no end. Reports of open credit
 * use a month, a quarter and a year.
 */
export const ageBuckets = [
  { name: '0-30', toDays: 30 },
  { name: '31-90', toDays: 90 },
  { name: '91-365', toDays: 365 },
  { name: 'over-365', toDays: null },
] as const;
export type AgeBucket = (typeof ageBuckets)[number]['name'];

/** The credit that clients could still spend at the end of a day. */
export interface Liability {
  /** WHMCS's local day, `YYYY-MM-DD`, included. */
  readonly day: string;
  /**
   * `grants`: from the draw-downs, exact by kind. `history`: a day before adoption, from the rows of WHMCS's log alone, with
   * the oldest additions counted as spent first; without kinds.
   */
  readonly basis: 'grants' | 'history';
  /** The first day with known grants. */
  readonly adoptedOn: string;
  /** By currency, kind and age, without zeros. */
  readonly parts: readonly LiabilityPart[];
  /** By currency. */
  readonly totals: readonly LiabilityTotal[];
}

export interface LiabilityPart {
  readonly currencyId: number;
  /** Null for a day before adoption. */
  readonly kind: GrantKind | null;
  readonly age: AgeBucket;
  readonly remainingHundredths: bigint;
}

/** Balance = remaining − unfunded. */
export interface LiabilityTotal {
  readonly currencyId: number;
  readonly remainingHundredths: bigint;
  /** Credit that clients took and no grant covers. Not subtracted: the clients who owe are not the clients who are owed. */
  readonly unfundedHundredths: bigint;
  readonly balanceHundredths: bigint;
}

/** Sentences that explain how exact a liability is. */
export function liabilityNotes({ basis, adoptedOn, day }: Liability): readonly string[] {
  return basis === 'grants'
    ? [
        'This is what is known now about that day: rows of the log that arrived late, or were edited or removed since, count on their own day.',
      ]
    : [
        `${day} is before ${adoptedOn}, when Credit Bridge began to follow WHMCS's credit log. This is counted from the log alone, with its precision of a day; the oldest credit counts as spent first.`,
        'What kind of credit it was (paid, promotional, …) is unknown for such a day, and so are changes in WHMCS without a row of its log.',
      ];
}
