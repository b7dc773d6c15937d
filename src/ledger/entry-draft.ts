import type { Explained } from './entry.ts';

/** The row of tblcredit that an entry mirrors, and for which time. */
export interface MirroredRow {
  readonly id: number;
  /** 0 mirrors the row; an odd revision undoes the mirror; the next even one mirrors the row again. */
  readonly revision: number;
  readonly on: string | null;
  readonly description: string;
  /** Hash of the row's columns; see `whmcs.md` §5. */
  readonly sha256: Buffer;
}

/** An entry before it gets its sequence. Its amount is positive. */
export interface EntryDraft {
  readonly clientId: number;
  readonly currencyId: number;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly explained: Explained;
  /** Null for an entry without a row of the log, such as a difference an admin accepted. */
  readonly row: MirroredRow | null;
  /** The entry that this one undoes. */
  readonly corrects: bigint | null;
}
