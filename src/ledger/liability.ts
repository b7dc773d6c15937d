import type { GrantKind } from './kinds.ts';

/**
 * Ages of credit, in days since it was given, youngest first; `toDays` is included, null has no end. A month, a quarter
 * and a year are what reports of open credit ask for.
 */
export const ageBuckets = [
  { name: '0-30', toDays: 30 },
  { name: '31-90', toDays: 90 },
  { name: '91-365', toDays: 365 },
  { name: 'over-365', toDays: null },
] as const;
export type AgeBucket = (typeof ageBuckets)[number]['name'];

/** What clients could still spend at the end of a day. */
export interface Liability {
  /** WHMCS's local day, `YYYY-MM-DD`; what happened on it is in. */
  readonly day: string;
  /**
   * `grants`: from the draw-downs, exact by kind. `history`: a day before adoption, from the rows of WHMCS's log alone,
   * the oldest additions counted as spent first; they say no kinds.
   */
  readonly basis: 'grants' | 'history';
  /** The first day whose grants are known. */
  readonly adoptedOn: string;
  /** By currency, kind and age; what is nothing is left out. */
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
  /** What clients had taken that no grant covered: not netted, since it is owed by others than those who are owed. */
  readonly unfundedHundredths: bigint;
  readonly balanceHundredths: bigint;
}

/** Sentences that go with a liability: how exact it is. */
export function liabilityNotes({ basis, adoptedOn, day }: Liability): readonly string[] {
  return basis === 'grants'
    ? [
        'It is what is known now about that day: rows of the log that came late, or were edited or removed since, count on their own day.',
      ]
    : [
        `${day} is before ${adoptedOn}, when Credit Bridge began to follow WHMCS's credit log. This is counted from the log alone, with its precision of a day; what was oldest counts as spent first.`,
        'What kind of credit it was (paid, promotional, …) is not known for such a day, nor what was changed in WHMCS without a row of its log.',
      ];
}
