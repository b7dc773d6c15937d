import type { Explained } from './entry.ts';

/** The row of tblcredit that an entry mirrors, and which time it does so. */
export interface MirroredRow {
  readonly id: number;
  /** 0 mirrors it, an odd one takes back what was mirrored, the next even one mirrors it anew. */
  readonly revision: number;
  readonly on: string | null;
  readonly description: string;
  /** Over what the row says; see `whmcs.md` §5 for its columns. */
  readonly sha256: Buffer;
}

/** An entry before it has its sequence. Its amount is positive. */
export interface EntryDraft {
  readonly clientId: number;
  readonly currencyId: number;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly explained: Explained;
  /** Null for what no row of the log says, such as a difference an admin accepted. */
  readonly row: MirroredRow | null;
  /** The entry that this one takes back. */
  readonly corrects: bigint | null;
}
