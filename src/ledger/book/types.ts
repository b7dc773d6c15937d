import type { Act } from '../act.ts';
import type { GrantKind } from '../kinds.ts';

/** Credit given, and the rest of it. Its id is the sequence of the entry that opened it. */
export interface Grant {
  readonly id: bigint;
  readonly kind: GrantKind;
  readonly amountHundredths: bigint;
  readonly remainingHundredths: bigint;
  readonly openedOn: string | null;
  readonly startsOn: string | null;
  readonly expiresOn: string | null;
  readonly priority: number;
  readonly refundable: boolean;
  readonly followsInvoiceId: number | null;
  readonly rule: string;
  readonly commandId: string | null;
}

/** A row of the draw-downs: a positive amount drawn from a grant for a spend, or given back. */
export interface DrawDown {
  readonly grantId: bigint;
  readonly spend: bigint;
  readonly by: bigint;
  readonly direction: 'draw' | 'return';
  readonly amountHundredths: bigint;
}

/** An entry that took credit: the part of it that later entries may still change. */
export interface Spend {
  readonly sequence: bigint;
  readonly invoiceId: number | null;
  readonly amountHundredths: bigint;
  /** What no grant covers. */
  readonly unfundedHundredths: bigint;
}

/**
 * The grants of one account, in memory. To post an entry it must hold all grants with a rest, all spends with an unfunded part,
 * and what `loadsFor` lists. Draw-downs are in the order in which they were written.
 */
export interface Book {
  readonly grants: ReadonlyMap<bigint, Grant>;
  readonly spends: ReadonlyMap<bigint, Spend>;
  readonly drawDowns: readonly DrawDown[];
}

/** The part of an entry that the book reads. */
export interface Posting {
  readonly sequence: bigint;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly on: string | null;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly act: Act;
}

/** Which grants are drawn first. The next criterion decides a tie, and in the end the sequence. */
export type DrawCriterion = 'priority' | 'expiry' | 'kind' | 'age';

export interface LedgerSettings {
  readonly drawOrder: readonly DrawCriterion[];
  /** The order of kinds for the criterion `kind`. */
  readonly kindOrder: readonly GrantKind[];
  readonly promotionalFundsUnfunded: boolean;
}

/** The changes of an entry; the store writes exactly these. */
export interface Changes {
  /** Grants that are new or have a changed rest, in their new state. */
  readonly grants: readonly Grant[];
  /** Spends that are new or have a changed unfunded part, in their new state. */
  readonly spends: readonly Spend[];
  /** New rows, in order. */
  readonly drawDowns: readonly DrawDown[];
}
