import type { CommandExpects, CommandParameters } from '../../bridge/index.ts';
import type { RepairTold } from '../books/index.ts';
import type { CommandTerms } from '../commands/index.ts';
import type { GrantTerms } from '../ledger/index.ts';
import type { SeenDifference } from './correct-difference.ts';
import type { Operation, RepairOperation } from './operation.ts';
import type { Refused } from './refusal.ts';

/** What manual operations need of the database; `src/db/operations` implements it. */
export interface OperationsStore {
  /** Does the work in one transaction; after a conflict all of it again. */
  transaction<T>(work: (page: OperationsPage) => Promise<T>): Promise<T>;
  /** Pending approvals whose time is over, in the order of their ids. */
  overdueApprovals(at: Date, part: ListPart<string>): Promise<readonly string[]>;
  /** Transfers of lately whose second half failed and that nobody dealt with, in the order of their ids. */
  brokenTransfers(at: Date, part: ListPart<string>): Promise<readonly BrokenTransfer[]>;
  /** Corrections of lately whose command came to nothing, and whose acceptance stands, in the order of their entries. */
  failedCorrections(at: Date, part: ListPart<bigint>): Promise<readonly FailedCorrection[]>;
}

/** The next part of a list: what comes behind `after`, at most `limit`. */
export interface ListPart<Key> {
  readonly after: Key;
  readonly limit: number;
}

/** One transaction. What it reads about clients holds until its end, once they are locked. */
export interface OperationsPage {
  /** Nobody else decides about these clients until the end of the transaction. */
  lockClients(clientIds: readonly number[]): Promise<void>;
  /** Stores a form's once-token; false when it was used before. */
  useToken(token: string, at: Date): Promise<boolean>;
  installation(): Promise<InstallationStanding>;
  clients(clientIds: readonly number[], look: Look): Promise<ReadonlyMap<number, ClientStanding>>;
  grant(id: string): Promise<GrantStanding | undefined>;
  /** What was asked under this id before, whatever became of it; null when the id belongs to something else. */
  known(id: string): Promise<Operation | null | undefined>;

  /** The approval amounts, in hundredths, by currency; locked for change when they are to be changed. */
  approvalAmounts(forChange: boolean): Promise<ReadonlyMap<number, bigint>>;
  /** A proposal names all amounts, so one from before a change would undo it unseen. */
  approvalAmountsChangedSince(at: Date): Promise<boolean>;
  saveApprovalAmounts(amounts: ReadonlyMap<number, bigint>, change: Change): Promise<void>;

  approval(id: string): Promise<Approval | undefined>;
  addApproval(approval: NewApproval): Promise<void>;
  /** Only while it is pending; false when somebody was faster. */
  decideApproval(id: string, decision: Decision): Promise<boolean>;

  /** Whether a live command answers this fact. */
  isAsked(fact: string): Promise<boolean>;
  writeCommands(commands: readonly OperationCommand[], at: Date): Promise<void>;
  freeze(clientId: number, change: Change): Promise<boolean>;
  unfreeze(clientId: number): Promise<boolean>;
  /** The next version of the ledger's settings; false when `basedOn` is not the newest any more. */
  saveLedgerSettings(settings: string, basedOn: number, change: Change): Promise<boolean>;
  addFinding(finding: Finding, at: Date): Promise<void>;
  /** Puts something right in the ledger; or says why not, and then nothing was written. */
  repair(one: RepairOperation, told: RepairTold): Promise<Refused | undefined>;
  /** Why `repair` would refuse. */
  whyNotRepair(one: RepairOperation): Promise<Refused | undefined>;
  /** Of an entry of the current epoch; undefined when there is none, or it was taken back. */
  entrySize(
    sequence: string,
  ): Promise<{ readonly currencyId: number; readonly amountHundredths: bigint } | undefined>;
  /**
   * Brings the ledger to WHMCS's figure by an entry, if both are still those that were seen.
   * @returns the entry; undefined when something moved
   */
  acceptDifference(
    seen: SeenDifference,
    told: { readonly reason: string; readonly at: Date },
  ): Promise<bigint | undefined>;
  /** Takes an entry of the ledger back; nothing when it was taken back meanwhile. */
  takeBackEntry(
    sequence: bigint,
    told: { readonly adminId: number; readonly reason: string; readonly at: Date },
  ): Promise<void>;
  audit(row: AuditRow): Promise<void>;
}

export interface Look {
  /** Whose operations of lately are added up. */
  readonly proposer: string;
  readonly since: Date;
  /** An approval whose own hold does not count against itself. */
  readonly exceptApproval: string | null;
}

export interface InstallationStanding {
  readonly state: string;
  readonly halted: string;
  readonly frozen: boolean;
  /** The day it is for WHMCS (src/today). */
  readonly today: string;
}

export interface ClientStanding {
  readonly id: number;
  readonly status: string;
  readonly currency: { readonly id: number; readonly code: string };
  readonly creditHundredths: bigint;
  /** Credit less holds of commands and pending approvals, counted from the smaller balance while there is drift. */
  readonly spendableHundredths: bigint;
  readonly frozenBecause: string | null;
  readonly hasDrift: boolean;
  /** Commands that will still move this client's credit. */
  readonly unsettled: number;
  /** What the ledger says; null before its account is open. */
  readonly ledgerHundredths: bigint | null;
  /** The last row of the credit log that the ledger has seen; null while it does not follow. */
  readonly seenLogId: number | null;
  /** There are rows of this client that the ledger has not seen yet. */
  readonly hasUnseenRows: boolean;
  /** What the proposer did for this client lately without a second admin. */
  readonly lately: bigint;
}

export interface GrantStanding {
  readonly id: bigint;
  readonly clientId: number;
  readonly currencyId: number;
  readonly remainingHundredths: bigint;
  readonly terms: GrantTerms;
}

export interface Change {
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

export const approvalStates = ['pending', 'approved', 'rejected', 'withdrawn', 'expired'] as const;
export type ApprovalState = (typeof approvalStates)[number];

export interface NewApproval {
  readonly id: string;
  /** Whose credit is held; 0 when nobody's is. */
  readonly clientId: number;
  /** The client's when it was proposed; null without a client. */
  readonly currencyId: number | null;
  readonly operation: Operation;
  readonly amountHundredths: bigint;
  readonly holdHundredths: bigint;
  readonly proposedBy: string;
  readonly reason: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
}

export interface Approval extends NewApproval {
  readonly state: string;
  readonly decidedBy: string;
  readonly decidedAt: Date | null;
  readonly decisionReason: string;
}

export interface Decision {
  readonly state: Exclude<ApprovalState, 'pending'>;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** A command to move one client's credit, with what it means to the ledger. */
export interface OperationCommand {
  readonly fact: string;
  /** Done only when the command with this fact is. */
  readonly requiresFact: string | null;
  readonly parameters: CommandParameters<'AddCredit'>;
  readonly expects: CommandExpects;
  readonly amountHundredths: bigint;
  readonly terms: CommandTerms;
}

/** A transfer whose first half was done and whose second half was not. */
export interface BrokenTransfer {
  readonly operationId: string;
  readonly fromClientId: number;
  readonly toClientId: number;
  readonly amountHundredths: bigint;
  /** Why the second half came to nothing. */
  readonly why: string;
  /** The state of the way back; null when it was not asked for yet. */
  readonly back: string | null;
  /** The entry of the first half; null while the ledger has not seen it. */
  readonly entry: bigint | null;
  /** The way back then waits until the first client is unfrozen. */
  readonly isFrozen: boolean;
  readonly actor: string;
}

/** A difference that was accepted for a command which did not come about. */
export interface FailedCorrection {
  readonly operationId: string;
  readonly clientId: number;
  /** The entry by which the ledger accepted it. */
  readonly entry: bigint;
  readonly adminId: number;
  readonly why: string;
}

/** What operations tell among the findings of sweeps: credit that is nowhere, credit on its way back, a correction undone. */
export type OperationFindingKind = 'transfer-lost' | 'transfer-undone' | 'correction-failed';

export interface Finding {
  readonly fact: string;
  readonly kind: OperationFindingKind;
  readonly clientId: number;
  readonly text: string;
  /** Whether somebody has to look at it. */
  readonly open: boolean;
}

export interface AuditRow {
  /** Fixed for a proposal, whose repetition is found by it; else a new one. */
  readonly id?: string;
  readonly actor: string;
  readonly act: string;
  readonly target: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly at: Date;
}
