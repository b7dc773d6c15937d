import type { StoredAct } from './act.ts';
import type { DrawDown, Grant } from './book/types.ts';
import type { Entry } from './entry.ts';
import type { EntryKind, GrantKind } from './kinds.ts';

/**
 * What API, command line and pages read from the ledger, by functions of `src/books`. Everything is of the current epoch, uses
 * an index and is limited; lists are newest first and continue after a cursor.
 */

/** One adoption of the log, and its progress. */
export interface EpochInfo {
  readonly epoch: number;
  /** Why it started: the first adoption, or a log that went back. */
  readonly why: string;
  /** State of the tail: `new`, `adopting`, `following` or `stopped`. */
  readonly state: string;
  /** Why the tail stopped; '' otherwise. */
  readonly reason: string;
  /** WHMCS's local day from which entries change grants; null while adoption lasts. */
  readonly adoptedOn: string | null;
  /** UTC, `YYYY-MM-DD HH:MM:SS.ffffff`. */
  readonly adoptedAt: string | null;
  /** When the log was last read to its end. UTC. */
  readonly lookedAt: string | null;
  readonly rowsImported: bigint;
  /** Rows of history to import; estimated from ids, since counting reads every row. */
  readonly rowsLeft: bigint;
}

/** The sums of one client in one currency. Balance = remaining − unfunded. */
export interface Account {
  readonly clientId: number;
  readonly currencyId: number;
  readonly balanceHundredths: bigint;
  readonly remainingHundredths: bigint;
  readonly unfundedHundredths: bigint;
  /** False while adoption has not yet opened its grants; then only the balance of its history is known. */
  readonly isOpen: boolean;
}

/** An entry read from the database, with the time it was recorded. UTC. */
export interface RecordedEntry extends Omit<Entry, 'act'> {
  readonly act: StoredAct;
  readonly recordedAt: string;
}

export interface EntryDetail {
  readonly entry: RecordedEntry;
  /** Draw-downs of this entry and those it caused, in order; at most {@link DETAIL_DRAW_DOWNS_MAX}. */
  readonly drawDowns: readonly DrawDown[];
  readonly moreDrawDowns: boolean;
  /** The part that no grant covers yet. */
  readonly unfundedHundredths: bigint;
  /** The entry that corrected this one; null when none did. */
  readonly correctedBy: bigint | null;
}

/** A grant with its client. */
export interface ClientGrant extends Grant {
  /** Of the payment that gave it, or that it follows, how much money went back to the payer. */
  readonly moneyBackHundredths: bigint;
  /** Of what remains, the part whose money went back: it may not be paid out (`withoutMoney`). 0 for grants of no payment. */
  readonly withoutMoneyHundredths: bigint;
  readonly epoch: number;
  readonly clientId: number;
  readonly currencyId: number;
}

export interface GrantDetail {
  readonly grant: ClientGrant;
  /** In order; at most {@link DETAIL_DRAW_DOWNS_MAX}. */
  readonly drawDowns: readonly DrawDown[];
  readonly moreDrawDowns: boolean;
}

/** Days are WHMCS's local days, `YYYY-MM-DD`, both included. */
export interface EntryFilter {
  readonly clientId?: number | undefined;
  readonly invoiceId?: number | undefined;
  readonly kind?: EntryKind | undefined;
  readonly fromDay?: string | undefined;
  readonly toDay?: string | undefined;
}

export interface GrantFilter {
  readonly clientId?: number | undefined;
  readonly kind?: GrantKind | undefined;
  /** Only grants with a rest. */
  readonly remainingOnly?: boolean | undefined;
}

/** Where a list continues; undefined: at its newest row. */
export type ReadCursor = string | undefined;

export interface ReadListing<Row> {
  readonly rows: readonly Row[];
  /** Undefined at the end. With a filter that no index supports, a part may be short or empty although more follow. */
  readonly next: ReadCursor;
}

/** An old grant may have thousands of draw-downs; its detail shows the first of them. */
export const DETAIL_DRAW_DOWNS_MAX = 500;

/** The most rows in one part of a list. */
export const READ_LIMIT_MAX = 500;
