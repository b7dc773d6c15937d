import type { Act } from './act.ts';
import type { EntryKind, Evidence } from './kinds.ts';

/** One row of WHMCS's credit log, `tblcredit` (whmcs.md §2.1, §5). */
export interface LogRow {
  readonly id: number;
  readonly clientId: number;
  /** 0 when no admin did it, or this WHMCS does not say. */
  readonly adminId: number;
  /** `YYYY-MM-DD`, WHMCS's local day; null for a zero date. */
  readonly on: string | null;
  readonly description: string;
  /** Positive when credit came, negative when it went. */
  readonly amountHundredths: bigint;
  readonly relid: number;
}

/**
 * A movement of a positive amount between two accounts, one of them `client:<id>`. Entries are never changed; corrections are
 * entries that point to what they correct. `sequence` is the order in which they arrived here.
 */
export interface Entry {
  readonly sequence: bigint;
  readonly epoch: number;
  readonly clientId: number;
  readonly currencyId: number;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amountHundredths: bigint;
  readonly kind: EntryKind;
  readonly act: Act;
  readonly settingsVersion: number;
  /** The row of tblcredit it mirrors, and which time; null for a difference an admin accepted. */
  readonly logId: number | null;
  readonly revision: number;
  readonly corrects: bigint | null;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly adminId: number | null;
  readonly evidence: Evidence;
  readonly loggedOn: string | null;
  readonly description: string;
  readonly reason: string;
}

/** What somebody found out about a row of the log; `sequence`s are not known yet, so partners are named by log id. */
export interface Explained {
  readonly kind: EntryKind;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly adminId: number | null;
  readonly evidence: Evidence;
  /** A sentence with what it was found by; '' when the kind says all. */
  readonly reason: string;
  readonly act: DraftAct;
}

/** An act whose partner is named by its row of the log: the other half of a transit pair, or the return that is reversed. */
export type DraftAct =
  | Act
  | { readonly do: 'spend-partner'; readonly logId: number }
  | { readonly do: 'take-back-row'; readonly logId: number };

/** Whether credit came to the client's account or went from it. */
export function directionOf(entry: Pick<Entry, 'toAccount' | 'clientId'>): 'in' | 'out' {
  return entry.toAccount === `client:${entry.clientId}` ? 'in' : 'out';
}
