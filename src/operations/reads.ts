import type { GrantKind, LedgerSettings } from '../ledger/index.ts';
import type { Approval } from './ports.ts';

/** What pages, API and command line show of manual operations. `src/db/operations/reader.ts` implements it. */
export interface OperationsReader {
  /** Newest first; only those that wait when `pending`. */
  approvals(
    filter: ApprovalFilter,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly rows: readonly Approval[]; readonly next: string | undefined }>;
  approval(id: string): Promise<Approval | undefined>;
  /** What of a client's credit may be spent, and why not all. */
  balance(clientId: number): Promise<ClientBalance | undefined>;
  /** From which amount a second admin has to agree, in hundredths, by currency. */
  approvalAmounts(): Promise<ReadonlyMap<number, bigint>>;
  approvalAmountVersions(limit: number): Promise<readonly Version<ReadonlyMap<number, bigint>>[]>;
  /** Newest first; version 0 is what holds before anybody changed anything, and is not among them. */
  ledgerSettingsVersions(limit: number): Promise<readonly Version<LedgerSettings>[]>;
  /**
   * Rows of WHMCS's credit log of this client behind a row, with the number of mails and rows WHMCS wrote since. Looks at a
   * limited number of rows, since `tblcredit` has no index on the client (whmcs.md §5).
   */
  movementsSince(clientId: number, creditLogId: number): Promise<Movements>;
  /** Which grants these entries used, what was given back taken off. */
  grantsUsedBy(entries: readonly bigint[]): Promise<ReadonlyMap<bigint, readonly GrantUse[]>>;
  /** Newest first. */
  frozenClients(limit: number): Promise<readonly FrozenClient[]>;
  /** What stands in WHMCS's tables now of what a command's witnesses saw; null members where the row is gone. */
  witnessedNow(clientId: number, invoiceId: number | null): Promise<WitnessedNow>;
}

/** A removal of expired credit whose last day is not over. */
export interface ExpiredTooEarly {
  readonly entry: bigint;
  readonly clientId: number;
  readonly amountHundredths: bigint;
  /** The command that removed it. */
  readonly commandId: string;
}

export interface GrantUse {
  readonly grantId: bigint;
  readonly kind: GrantKind;
  readonly amountHundredths: bigint;
}

export interface FrozenClient {
  readonly clientId: number;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

export interface WitnessedNow {
  readonly balanceHundredths: bigint | null;
  readonly invoice: {
    readonly status: string;
    readonly creditHundredths: bigint;
    readonly totalHundredths: bigint;
    readonly balanceHundredths: bigint;
  } | null;
}

export interface ApprovalFilter {
  readonly pending?: boolean | undefined;
  readonly clientId?: number | undefined;
}

export interface ClientBalance {
  readonly clientId: number;
  readonly currencyId: number;
  readonly status: string;
  readonly creditHundredths: bigint;
  /** Held by commands on their way. */
  readonly heldHundredths: bigint;
  /** Held by proposals that wait for approval. */
  readonly reservedHundredths: bigint;
  readonly spendableHundredths: bigint;
  /** What WHMCS has more than the ledger, when that was found twice; null without drift. */
  readonly driftHundredths: bigint | null;
  readonly freeze: { readonly reason: string; readonly by: string; readonly at: string } | null;
}

export interface Version<T> {
  readonly version: number;
  readonly value: T;
  readonly changedBy: string;
  readonly changedAt: string;
  readonly reason: string;
}

export interface Movements {
  readonly rows: readonly {
    readonly id: number;
    readonly on: string | null;
    readonly amountHundredths: bigint;
    readonly description: string;
  }[];
  /** There were more rows behind that one than were looked at. */
  readonly more: boolean;
}
