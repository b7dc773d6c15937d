import type { RepairTold } from '../books/index.ts';
import type { RecordedEntry } from '../ledger/index.ts';
import type { Capped, CommandRow, Cursor, Listing, UtcText } from './ports.ts';

/** What the pages show of differences and findings; `src/db/ledger` implements it. */
export interface ReconcileReads {
  /** Open ones, the oldest first. */
  drifts(after: Cursor): Promise<Listing<DriftRow>>;
  /** One client's two balances and what is around them, whether they differ or not; undefined without such a client. */
  driftAccount(clientId: number): Promise<DriftAccount | undefined>;
  /** Newest first; only those that need an admin, or all. */
  findings(filter: FindingFilter, after: Cursor): Promise<Listing<FindingRow>>;
  /** How many of either need an admin. */
  open(): Promise<OpenCounts>;
}

export interface OpenCounts {
  readonly drifts: Capped;
  readonly findings: Capped;
}

export interface DriftRow {
  readonly clientId: number;
  readonly currencyId: number;
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  readonly firstSeenAt: UtcText;
  readonly lastSeenAt: UtcText;
}

export interface DriftAccount {
  readonly clientId: number;
  readonly currencyId: number;
  /** Both as they are now. */
  readonly whmcsHundredths: bigint;
  readonly ledgerHundredths: bigint;
  /** `open`, `suspected`, or null while no look found a difference. */
  readonly state: string | null;
  readonly firstSeenAt: UtcText | null;
  /** The ledger follows the log and has read every row of this client. */
  readonly isCaughtUp: boolean;
  /** What probably happened; '' when the balances agree. */
  readonly presumed: string;
  /** The newest ones, newest first. */
  readonly entries: readonly MirroredEntry[];
  /** Commands whose outcome is not known or that are under way, and the newest others. */
  readonly commands: readonly CommandRow[];
}

/** An entry beside the row of the log it mirrors. */
export interface MirroredEntry {
  readonly entry: RecordedEntry;
  /** It was taken back. */
  readonly isCorrected: boolean;
  /** Nobody knows what it was: an admin may say. */
  readonly isUnexplained: boolean;
  /** The row as it stands now; null when it is gone, or there never was one. */
  readonly row: { readonly amountHundredths: bigint; readonly description: string } | null;
}

export interface FindingFilter {
  readonly all: boolean;
  readonly clientId?: number;
}

export interface FindingRow {
  readonly fact: string;
  readonly kind: string;
  readonly clientId: number | null;
  readonly invoiceId: number | null;
  readonly text: string;
  readonly outcome: string;
  readonly foundAt: UtcText;
  readonly settledAt: UtcText | null;
  readonly settledBy: string;
  readonly reason: string;
}

/** What an admin does about a finding; part of the transaction of `AdminStore.once`. */
export interface ReconcileChanges {
  /** False when it was settled before, or is none that needs an admin. */
  settleFinding(fact: string, told: RepairTold & { readonly by: string }): Promise<boolean>;
}
