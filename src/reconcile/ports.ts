import type { FindingOutcome, NewFinding } from '../findings/index.ts';
import type { DriftVerdict } from './judge-drift.ts';

/** Ids from and to, both included. */
export interface IdWindow {
  readonly from: number;
  readonly to: number;
}

/** What looking at the differences of a range of clients found. */
export interface DriftLook {
  /** False while the ledger does not follow the log, or is too far behind it: then nothing was judged. */
  readonly isJudged: boolean;
  readonly verdicts: Readonly<Record<DriftVerdict, number>>;
  /** Clients left for the next look, since the ledger has not seen their newest rows. */
  readonly skipped: number;
}

/** What drift and sweeps need of the database; `src/db/ledger` implements it. All queries are bounded by their window. */
export interface ReconcileStore extends SweepStore {
  /** Whether the ledger follows the log. */
  isFollowing(): Promise<boolean>;
  highestIds(): Promise<{ readonly client: number; readonly invoice: number }>;
  /** Looks at one range of clients, in one consistent snapshot, and writes down what it judged. */
  lookAtDrift(window: IdWindow, at: Date): Promise<DriftLook>;
  /** Differences and findings that need an admin. */
  needsAdmin(clientId: number | null): Promise<Needs>;
  cursor(sweep: string): Promise<SweepCursor>;
  /** @param isRoundOver everything was looked at once more. */
  moveCursor(sweep: string, id: number, isRoundOver: boolean, at: Date): Promise<void>;
}

export interface Needs {
  readonly open: number;
  readonly suspected: number;
  readonly findings: number;
}

export interface SweepCursor {
  readonly id: number;
  /** When everything had been looked at for the last time; null before the first round was over. */
  readonly roundOverAt: Date | null;
}

export interface SweepStore {
  /** Writes findings that are new; known ones stay as they are. */
  addFindings(findings: readonly NewFinding[], at: Date): Promise<void>;
  /** Gives findings that are not settled yet another outcome. */
  moveFindings(facts: readonly string[], outcome: FindingOutcome, at: Date): Promise<void>;
  forgetFindings(facts: readonly string[]): Promise<void>;

  /** Cancelled invoices with credit on them, and those once found cancelled. */
  cancelledInvoices(window: IdWindow): Promise<readonly CancelledInvoice[]>;
  /** Paid invoices of which no InvoicePaid was delivered, that nothing was found about. */
  unheardPayments(window: IdWindow, paid: PaidBetween): Promise<readonly InvoiceOfClient[]>;
  paidTwice(window: IdWindow, paid: PaidBetween): Promise<readonly PaidTwice[]>;
  paidAfterOurCancel(window: IdWindow): Promise<readonly PaidAfterCancel[]>;
  reopenedReturns(window: IdWindow): Promise<readonly ReopenedReturn[]>;
  /** Asks WHMCS to take a return back, under the client's lock. */
  askTakeBack(one: ReopenedReturn, at: Date): Promise<TakeBackOutcome>;

  /**
   * Merges that WHMCS told of after `since`, the oldest first. `newestAt` is when the newest delivery of any kind came; when
   * there are more merges than are read at once, when the last one read came.
   */
  mergesSince(since: Date): Promise<{
    readonly merges: readonly MergeDelivery[];
    readonly isFull: boolean;
    readonly newestAt: Date | null;
  }>;
  /** Stored rows that seem to be unreadable; whether they are shows when they are read. */
  unreadableRows(): Promise<readonly StoredText[]>;
  /** Accounts whose client is gone or has another currency, all of whose rows the ledger has seen. */
  endedAccounts(window: IdWindow): Promise<readonly EndedAccount[]>;
  /** Closes such an account, and opens its successor where there is one; looks again under the ledger's lock. */
  endAccount(one: EndedAccount, at: Date): Promise<EndOutcome>;
}

/** A delivery that tells of a merge, as it was stored. */
export interface MergeDelivery {
  readonly deliveryId: string;
  readonly item: string;
}

/** A row of ours that work goes on with. */
export interface StoredText {
  readonly id: string;
  readonly clientId: number | null;
  /** The beginning of a sentence. */
  readonly what: string;
  /** @throws when the row can't be read. */
  readonly read: () => unknown;
}

export interface InvoiceOfClient {
  readonly clientId: number;
  readonly invoiceId: number;
}

export interface CancelledInvoice extends InvoiceOfClient {
  readonly isCancelled: boolean;
  readonly creditHundredths: bigint;
  /** InvoiceCancelled was delivered. */
  readonly wasHeard: boolean;
  /** A command of ours cancelled it. */
  readonly isOurs: boolean;
  /** The ledger saw credit put on it since it began. */
  readonly isOfOurTime: boolean;
  readonly found: { readonly outcome: string; readonly at: Date } | null;
}

/** WHMCS's local times, `YYYY-MM-DD HH:MM:SS`. */
export interface PaidBetween {
  readonly since: string;
  readonly until: string;
}

export interface PaidTwice extends InvoiceOfClient {
  readonly containers: readonly number[];
  readonly grossHundredths: bigint;
  readonly paidHundredths: bigint;
  readonly currencyCode: string;
}

export interface PaidAfterCancel extends InvoiceOfClient {
  readonly paymentId: number;
  readonly paidOn: string | null;
  readonly amountHundredths: bigint;
  readonly currencyCode: string;
}

/** A return of credit whose invoice is no longer cancelled, and still counts the credit. */
export interface ReopenedReturn extends InvoiceOfClient {
  readonly sequence: bigint;
  readonly amountHundredths: bigint;
  readonly status: string;
  /** What the invoice counts as paid by credit beyond what the ledger says it took. */
  readonly surplusHundredths: bigint;
  readonly currencyCode: string;
}

export type TakeBackOutcome = 'asked' | 'known' | 'balance-too-small' | 'frozen' | 'failed-often';

export interface Merge {
  readonly fromClientId: number;
  readonly toClientId: number;
}

export interface EndedAccount {
  readonly clientId: number;
  readonly currencyId: number;
  readonly balanceHundredths: bigint;
  /** The client's currency now; null when the client is gone. */
  readonly newCurrencyId: number | null;
  /** When the client was first found gone. */
  readonly goneSince: Date | null;
}

export type EndOutcome =
  | { readonly kind: 'closed' }
  | { readonly kind: 'carried'; readonly toClientId: number }
  /** The rows of its log stand under another client now; comparing the log finds them. */
  | { readonly kind: 'moved'; readonly toClientId: number }
  /** It was merged, and the other client's balance did not grow by it. */
  | { readonly kind: 'lost'; readonly toClientId: number }
  /** The client is gone, and a hook may still say where the credit went. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'not-now' };
