import type { Act } from './act.ts';
import type { EntryKind, Evidence } from './kinds.ts';

/** One row of WHMCS's credit log, `tblcredit` (whmcs.md §2.1, §5). */
export interface LogRow {
  readonly id: number;
  readonly clientId: number;
  /** 0 when no admin did it, or when this WHMCS does not store it. */
  readonly adminId: number;
  /** `YYYY-MM-DD`, WHMCS's local day; null for a zero date. */
  readonly on: string | null;
  readonly description: string;
  /** Positive when credit was added, negative when it was taken. */
  readonly amountHundredths: bigint;
  readonly relid: number;
}

/**
 * A movement of a positive amount between two accounts, one of them `client:<id>`. Entries never change; a correction is an
 * entry that points to the one it corrects. `sequence` is the order of arrival.
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
  /** The row of tblcredit it mirrors, and for which time; null for a difference an admin accepted. */
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

/** The explanation of a row of the log. It names partners by log id, because sequences are not known yet. */
export interface Explained {
  readonly kind: EntryKind;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  readonly adminId: number | null;
  readonly evidence: Evidence;
  /** A sentence with the evidence; '' when the kind says it all. */
  readonly reason: string;
  readonly act: DraftAct;
}

/** An act that names its partners by rows of the log: the other half of a transit pair, the return to reverse, what a payment gave. */
export type DraftAct =
  | Act
  | { readonly do: 'spend-partner'; readonly logId: number }
  | { readonly do: 'take-back-row'; readonly logId: number }
  | { readonly do: 'reverse-rows'; readonly logIds: readonly number[] };

/** Whether the entry adds credit to the client's account or takes it. */
export function directionOf(entry: Pick<Entry, 'toAccount' | 'clientId'>): 'in' | 'out' {
  return entry.toAccount === `client:${entry.clientId}` ? 'in' : 'out';
}
