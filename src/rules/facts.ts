import type { GrantKind } from '../ledger/index.ts';

/**
 * What a rule may know: the state of WHMCS as last read, for one client. Amounts are bigint hundredths in the client's
 * currency, as WHMCS stores them (whmcs.md §2.9). Dates are `YYYY-MM-DD` in WHMCS's zone; a zero date is `null`.
 */

export interface Currency {
  readonly id: number;
  readonly code: string;
  /** Digits after the point when shown and when proposals are rounded: 2 for most, 0 for JPY. */
  readonly decimals: number;
}

export interface ClientFacts {
  readonly id: number;
  readonly groupId: number;
  readonly currency: Currency;
  readonly status: string;
  /** `tblclients.credit`. */
  readonly creditHundredths: bigint;
  /** What commands on their way and proposals that wait for a second admin will still take. */
  readonly heldHundredths: bigint;
  /** Credit less holds, never below zero; from the ledger's balance while that is smaller. The host serves proposals from it; a rule only looks. */
  readonly spendableHundredths: bigint;
  /** At least one order or service is active ("Require Active Order", whmcs.md §1.1). */
  readonly hasActiveOrder: boolean;
  /** Why an admin froze this client; null for all others. The host lets nothing happen to a frozen client. */
  readonly frozenBecause: string | null;
}

/** `deposit`: an AddFunds line. `mass-payment`: lines of type Invoice. Everything else is `ordinary` (whmcs.md §2.3, §2.6). */
export type InvoiceKind = 'ordinary' | 'deposit' | 'mass-payment';

export interface InvoiceFacts {
  readonly id: number;
  readonly clientId: number;
  readonly kind: InvoiceKind;
  /** Draft, Unpaid, Paid, Cancelled, Refunded, Collections, Payment Pending (whmcs.md §2.8). */
  readonly status: string;
  readonly createdOn: string | null;
  readonly dueOn: string | null;
  readonly totalHundredths: bigint;
  readonly creditHundredths: bigint;
  /** Money received less money refunded: the invoice's rows of `tblaccounts`. */
  readonly paidHundredths: bigint;
  /**
   * What is still to be paid: total less paid (whmcs.md §2.2), less what commands under way will put on it; never below
   * zero. So two decisions about one invoice do not both cover it.
   */
  readonly balanceHundredths: bigint;
  readonly gateway: string;
  /** The order this invoice was made for, if any. */
  readonly orderId: number | null;
  /** What the client chose at checkout: `use` or `keep` credit; null when nothing was chosen or is not known yet. */
  readonly choice: 'use' | 'keep' | null;
  /** A payment, capture or gateway attempt was seen: it is never cancelled any more. */
  readonly paymentAttempted: boolean;
}

/** Credit of a known origin with something left, as the ledger has it. */
export interface GrantFacts {
  /** The ledger's number of it. */
  readonly id: bigint;
  readonly kind: GrantKind;
  readonly amountHundredths: bigint;
  readonly remainingHundredths: bigint;
  /** What commands under way will take from it. */
  readonly heldHundredths: bigint;
  /** What was taken from it because its deposit was refunded. */
  readonly clawedBackHundredths: bigint;
  readonly openedOn: string | null;
  /** The last day on which it can be used. */
  readonly expiresOn: string | null;
  readonly refundable: boolean;
  /** The rule that gave it; `''` when none did. */
  readonly rule: string;
  /** The deposit that it was given for, and whose refund takes it back. */
  readonly followsInvoiceId: number | null;
  /** Grows whenever the grant is used or given back; a fact that names it answers this state of the grant. */
  readonly moves: bigint;
}

export interface LedgerFacts {
  /** The sum of the client's entries; differs from the balance while the ledger has not seen everything. */
  readonly balanceHundredths: bigint;
  /** The newest row of the credit log that the ledger has seen. */
  readonly seenLogId: number;
  /** With something left, in no particular order. */
  readonly grants: readonly GrantFacts[];
}

export interface Facts {
  readonly client: ClientFacts;
  /** The invoice the event is about (`needs: ['invoice']`). */
  readonly invoice: InvoiceFacts | null;
  /** Unpaid ordinary invoices, by due date, then id (`needs: ['openInvoices']`). */
  readonly openInvoices: readonly InvoiceFacts[];
  /** Unpaid deposit invoices (`needs: ['openDeposits']`). */
  readonly openDeposits: readonly InvoiceFacts[];
  /** Money received for the event's invoice; its share of the container's for a mass payment (`needs: ['received']`). */
  readonly receivedHundredths: bigint;
  /**
   * What this rule's own grants to this client were, newest first, one year back (`needs: ['ownGrants']`). The loader gives
   * those of all rules; the engine hands each rule its own.
   */
  readonly ownGrants: readonly {
    readonly rule: string;
    readonly on: string;
    readonly amountHundredths: bigint;
  }[];
  /**
   * What the ledger knows of the client (`needs: ['grants']`). Null when it knows nothing that may be relied on: it was not
   * asked, still reads the history, or found a difference that an admin has to look at.
   */
  readonly ledger: LedgerFacts | null;
}

export type Need =
  | 'invoice'
  | 'openInvoices'
  | 'openDeposits'
  | 'received'
  | 'ownGrants'
  | 'grants'
  | 'activeOrder';
