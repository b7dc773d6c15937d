import type { StoredAct } from './act.ts';
import type { DrawDown, Grant } from './book/types.ts';
import type { Entry } from './entry.ts';
import type { EntryKind, GrantKind } from './kinds.ts';
import type { Liability } from './liability.ts';

/**
 * What the ledger tells API, command line and pages. Everything is of the current epoch, goes by an index, and is
 * limited; lists are newest first and go on behind a cursor. `src/db/ledger/reader.ts` implements it.
 */
export interface LedgerReader {
  /** Where the ledger stands; undefined before the first adoption began. */
  epoch(): Promise<EpochInfo | undefined>;
  /** The accounts of one client: one per currency it ever had. */
  accounts(clientId: number): Promise<readonly Account[]>;
  entries(
    filter: EntryFilter,
    cursor: ReadCursor,
    limit: number,
  ): Promise<ReadListing<RecordedEntry>>;
  /** An entry of any epoch. */
  entry(sequence: bigint): Promise<EntryDetail | undefined>;
  grants(filter: GrantFilter, cursor: ReadCursor, limit: number): Promise<ReadListing<ClientGrant>>;
  /** A grant of any epoch. */
  grant(id: bigint): Promise<GrantDetail | undefined>;
  /** At the end of a day; undefined before adoption was done. Takes time in proportion to the ledger. */
  liability(day: string): Promise<Liability | undefined>;
}

/** One adoption of the log, and how far it came. */
export interface EpochInfo {
  readonly epoch: number;
  /** Why it began: the first adoption, or a log that went back. */
  readonly why: string;
  /** Of the tail: `new`, `adopting`, `following` or `stopped`. */
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
  /** Of the history, while it is imported; estimated from ids, since counting reads everything. */
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

/** An entry as it was read back, with when it was written down. UTC. */
export interface RecordedEntry extends Omit<Entry, 'act'> {
  readonly act: StoredAct;
  readonly recordedAt: string;
}

export interface EntryDetail {
  readonly entry: RecordedEntry;
  /** Draw-downs of this entry and those it brought about, in order; at most {@link DETAIL_DRAW_DOWNS_MAX}. */
  readonly drawDowns: readonly DrawDown[];
  readonly moreDrawDowns: boolean;
  /** What no grant covers yet. */
  readonly unfundedHundredths: bigint;
  /** The entry that took this one back; null while it stands. */
  readonly correctedBy: bigint | null;
}

/** A grant with whose it is. */
export interface ClientGrant extends Grant {
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
  /** Only those with something left. */
  readonly remainingOnly?: boolean | undefined;
}

/** Where a list goes on; undefined: at its newest row. */
export type ReadCursor = string | undefined;

export interface ReadListing<Row> {
  readonly rows: readonly Row[];
  /** Undefined at the end. With a filter that no index serves, a page may be short, even empty, and yet go on. */
  readonly next: ReadCursor;
}

/** A grant of years may have been drawn thousands of times; its detail shows the first of them. */
export const DETAIL_DRAW_DOWNS_MAX = 500;

/** Rows of one page of a list at most. */
export const READ_LIMIT_MAX = 500;
