import type { DisplayCurrency, InvoiceMoney } from '../../money/index.ts';
import type { Account, ClientGrant, EpochInfo, RecordedEntry } from '../reads.ts';

/**
 * What is told of an entry, a grant, an invoice or a client. `src/books/stories` gathers it, with a fixed number of statements
 * for each; the functions beside this file make sentences of it.
 */

/** How much of a grant was used for an entry, less what was given back; or how much an entry gave back to it. */
export interface GrantUse {
  readonly grant: ClientGrant;
  readonly amountHundredths: bigint;
}

/** What a rule that limits said about an operation by hand, which it does not hold back. */
export interface NotedLimit {
  readonly clientId: number;
  /** Empty when no rule could be asked. */
  readonly rule: string;
  /** `on` or `observe`. */
  readonly mode: string;
  readonly currency: DisplayCurrency;
  readonly amountHundredths: bigint;
  /** Zero forbids it; null when the rule failed. */
  readonly atMostHundredths: bigint | null;
  readonly because: string;
  /** Who did it, or asked a second admin for it: `admin:3`. */
  readonly actor: string;
}

/** An entry with what became of it. */
export interface ToldEntry {
  readonly entry: RecordedEntry;
  readonly currency: DisplayCurrency;
  readonly used: readonly GrantUse[];
  readonly gaveBack: readonly GrantUse[];
  /** The grant it opened. */
  readonly opened: ClientGrant | undefined;
  /** What no grant covers yet. */
  readonly unfundedHundredths: bigint;
  /** As the ledger is set now: whether promotional credit that comes covers it, too. */
  readonly promotionalFundsUnfunded: boolean;
  /** The entry that took this one back; null while it stands. */
  readonly correctedBy: bigint | null;
  /** What rules said about it when it was done by hand. */
  readonly noted: readonly NotedLimit[];
}

export type EntryStory = ToldEntry;

export interface GrantStory {
  /** What the client owes for its payment, which was taken back after its credit was used. */
  readonly owedHundredths: bigint;
  readonly grant: ClientGrant;
  readonly currency: DisplayCurrency;
  readonly origin: RecordedEntry | undefined;
  /** What it was used for, oldest first; what was given back is taken off. */
  readonly uses: readonly { readonly entry: RecordedEntry; readonly amountHundredths: bigint }[];
  readonly moreUses: boolean;
}

export interface InvoiceStory {
  readonly invoiceId: number;
  /** As WHMCS has it; undefined when it is gone there. */
  readonly whmcs:
    | {
        readonly clientId: number;
        readonly status: string;
        readonly money: InvoiceMoney;
        /** Its credit and debit notes, on WHMCS 9. */
        readonly notes: readonly {
          readonly id: number;
          readonly kind: 'credit' | 'debit';
          readonly amountHundredths: bigint;
        }[];
      }
    | undefined;
  readonly currency: DisplayCurrency;
  /** How much more of the client's credit is on it than it needs. */
  readonly surplusHundredths: bigint;
  /** Credit stays off it because some was taken off by hand, by this entry, or because somebody said so; null when nothing keeps it off. */
  readonly keptOff: { readonly sequence: bigint | null } | null;
  /** Oldest first. */
  readonly entries: readonly ToldEntry[];
  /** Older ones are left out. */
  readonly moreEntries: boolean;
}

export interface ClientStory {
  readonly clientId: number;
  /** As WHMCS has it; undefined when the client is gone there. */
  readonly whmcs:
    | {
        readonly currency: DisplayCurrency;
        readonly currencyId: number;
        readonly creditHundredths: bigint;
      }
    | undefined;
  readonly accounts: readonly { readonly account: Account; readonly currency: DisplayCurrency }[];
  /** With something left, in the order of id. */
  readonly grants: readonly ClientGrant[];
  readonly moreGrants: boolean;
  /** As the ledger is set now: whether promotional credit that comes covers what is unfunded, too. */
  readonly promotionalFundsUnfunded: boolean;
  /** Newest first. */
  readonly entries: readonly ToldEntry[];
  /** Payments that were taken back, the newest first. */
  readonly reversals: readonly ToldEntry[];
  readonly drifts: readonly {
    readonly currency: DisplayCurrency;
    readonly state: string;
    readonly whmcsHundredths: bigint;
    readonly ledgerHundredths: bigint;
  }[];
  /** Held by commands under way. */
  readonly heldByCommandsHundredths: bigint;
  /** Left alone by our own rules until somebody decides. */
  readonly reservedHundredths: bigint;
  /** What rules reserve, for what and until when. */
  readonly reservations: readonly {
    readonly rule: string;
    readonly amountHundredths: bigint;
    readonly reservedFor: string;
    readonly untilOn: string | null;
  }[];
  /** Off the balance until somebody decides, newest first. */
  readonly parked: readonly {
    readonly currency: DisplayCurrency;
    readonly amountHundredths: bigint;
    readonly reason: string;
  }[];
  /** Commands of which nobody knows whether they took effect. */
  readonly inDoubt: readonly { readonly id: string; readonly action: string }[];
  /** Why the client is frozen; null while it is not. */
  readonly frozen: string | null;
  readonly epoch: EpochInfo | undefined;
}
