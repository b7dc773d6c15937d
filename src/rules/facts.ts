import type { GrantKind } from '../ledger/for-rules/index.ts';
import type { WaysOff } from './serving/credit-off-invoice.ts';
import type { ReservedFor } from './serving/store-write.ts';

/**
 * The facts for a rule: the state of WHMCS as last read, for one client. Amounts are bigint hundredths in the client's
 * currency, as WHMCS stores them (whmcs.md §2.9). Dates are `YYYY-MM-DD` in WHMCS's time zone; a zero date is `null`.
 */

export interface Currency {
  readonly id: number;
  readonly code: string;
  /** Digits after the point, for display and for rounding proposals: 2 for most, 0 for JPY. */
  readonly decimals: number;
}

export interface ClientFacts {
  readonly id: number;
  readonly groupId: number;
  readonly currency: Currency;
  readonly status: string;
  /** `tblclients.credit`. */
  readonly creditHundredths: bigint;
  /** What live commands and proposals that wait for a second admin will take. */
  readonly heldHundredths: bigint;
  /**
   * Credit minus holds and what is reserved, never below zero; from the ledger's balance while that is smaller. Rules read it; only
   * the host spends it.
   */
  readonly spendableHundredths: bigint;
  /** What rules reserve of the credit, in the order in which it is covered. */
  readonly reservations: readonly ReservationFacts[];
  /** At least one order or service is active ("Require Active Order", whmcs.md §1.1). */
  readonly hasActiveOrder: boolean;
  /** Why an admin or a rule froze this client; null for others. The host carries out nothing for a frozen client. */
  readonly frozenBecause: string | null;
  /** Client since. */
  readonly createdOn: string | null;
  /** Two letters; `''` when WHMCS has none. */
  readonly country: string;
  /** The gateway that the client pays by; `''` when none is set. */
  readonly defaultGateway: string;
}

/** Credit that a rule reserves (`propose.reserve`). One whose last day or fact has come is not among the facts. */
export interface ReservationFacts {
  readonly fact: string;
  /** The rule that reserves it. */
  readonly rule: string;
  readonly amountHundredths: bigint;
  /** What of it is there: more may be reserved than the client has. */
  readonly coveredHundredths: bigint;
  /** After *is reserved for*. */
  readonly reservedFor: string;
  readonly for: ReservedFor | null;
  /** The last day. */
  readonly untilOn: string | null;
  readonly untilFact: string | null;
  /** Unpaid invoices that may use it. */
  readonly invoiceIds: readonly number[];
}

/** Credit that a rule parked (`propose.park`) and about which something still has to happen. */
export interface ParkedFacts {
  readonly fact: string;
  readonly rule: string;
  readonly amountHundredths: bigint;
  readonly invoiceId: number | null;
  /** The last day on which it waits; null: until somebody decides. */
  readonly untilOn: string | null;
  /** The rule released it, or an admin decided, and WHMCS is asked to put it back. */
  readonly isReleased: boolean;
}

/** `deposit`: an AddFunds line. `mass-payment`: lines of type Invoice. Everything else is `ordinary` (whmcs.md §2.3, §2.6). */
export type InvoiceKind = 'ordinary' | 'deposit' | 'mass-payment';

/** A line of an invoice. */
export interface LineFacts {
  readonly id: number;
  /**
   * As WHMCS names it (whmcs.md §5): `Hosting`, `Setup`, `Addon`, `Domain` (a renewal), `DomainRegister`, `DomainTransfer`,
   * `Upgrade`, `PromoHosting`, `PromoDomain`, `AddFunds`, `Invoice`, `LateFee`, `Item`, `''` for free text, and others.
   */
  readonly type: string;
  /** `tblinvoiceitems.relid`; what it is the id of depends on the type. */
  readonly relatedId: number;
  /** What the line is for, where WHMCS still has it: the service (of an addon, the one that it belongs to), addon or domain. */
  readonly serviceId: number | null;
  readonly addonId: number | null;
  readonly domainId: number | null;
  /** Those of the service. */
  readonly productId: number | null;
  readonly productGroupId: number | null;
  /** As on the invoice: with or without tax, as WHMCS is set; negative for a discount. */
  readonly amountHundredths: bigint;
  /** With its share of the invoice's tax. Those of an invoice's lines add up to its `grossHundredths`, to the hundredth. */
  readonly withTaxHundredths: bigint;
}

export interface InvoiceFacts {
  readonly id: number;
  readonly clientId: number;
  readonly kind: InvoiceKind;
  /** Draft, Unpaid, Paid, Cancelled, Refunded, Collections, Payment Pending (whmcs.md §2.8). */
  readonly status: string;
  readonly createdOn: string | null;
  readonly dueOn: string | null;
  /** The day it became Paid, also of one that was refunded since; null before, or when WHMCS does not say. */
  readonly paidOn: string | null;
  readonly totalHundredths: bigint;
  /** All lines with tax: the total before credit, which lowers it on 8.x (whmcs.md §2.2). */
  readonly grossHundredths: bigint;
  /** Its lines (`needs: ['lines']`), in their order. */
  readonly lines: readonly LineFacts[];
  /** Put on it by credit. On 9.x by credit notes, whatever their reason: they look alike (whmcs.md §2.2). */
  readonly creditHundredths: bigint;
  /** What credit and notes take off it now: on 9.x less than its credit where some was taken off again. */
  readonly takenOffHundredths: bigint;
  /** Money received minus money refunded: the invoice's rows in `tblaccounts` that are no credit or debit notes. */
  readonly paidHundredths: bigint;
  /**
   * The amount left to pay (src/money, `moneyOfInvoice`), minus what live commands will put on it; never below zero. So two
   * decisions about one invoice do not both cover it. 0 for an invoice whose figures do not add up: nothing is computed from them.
   */
  readonly balanceHundredths: bigint;
  readonly gateway: string;
  /** The order this invoice was made for, if any. */
  readonly orderId: number | null;
  /** The client's choice at checkout: `use` or `keep` credit; null when there is none or it is not known yet. */
  readonly choice: 'use' | 'keep' | null;
  /**
   * Somebody took credit off it by hand, or said to leave it alone. The host puts none on it until the client or staff use credit
   * on it again, or allow it.
   */
  readonly keptOff: boolean;
  /** A payment, capture or gateway attempt was seen: the invoice can no longer be cancelled. */
  readonly paymentAttempted: boolean;
}

/** A grant of the ledger: credit of a known origin with a rest. */
export interface GrantFacts {
  /** Its id in the ledger. */
  readonly id: bigint;
  readonly kind: GrantKind;
  readonly amountHundredths: bigint;
  readonly remainingHundredths: bigint;
  /** What live commands will take from it. */
  readonly heldHundredths: bigint;
  /** What was taken from it because its deposit was refunded. */
  readonly clawedBackHundredths: bigint;
  readonly openedOn: string | null;
  /** The last day of use. */
  readonly expiresOn: string | null;
  readonly refundable: boolean;
  /** The rule that gave it; `''` when none did. */
  readonly rule: string;
  /** The invoice it was given for: it goes back with that invoice's money. */
  readonly followsInvoiceId: number | null;
  /** How much money went back to the payer: of the payment that it is the credit of, or of the invoice that it follows. */
  readonly moneyBackHundredths: bigint;
  /** Increases whenever the grant is used or given back; a fact with this number answers only this state of the grant. */
  readonly moves: bigint;
}

export interface LedgerFacts {
  /** The sum of the client's entries; differs from the balance while the ledger has not seen every movement. */
  readonly balanceHundredths: bigint;
  /** The newest row of the credit log that the ledger has seen. */
  readonly seenLogId: number;
  /** Grants with a rest, in no particular order. */
  readonly grants: readonly GrantFacts[];
}

/** The credit that a payment gave, and what rests on it. */
export interface DepositFacts {
  /** The credit of the payment itself, of a deposit or an overpayment, used up or not; the deposit's first. */
  readonly credit: readonly GrantFacts[];
  /** Grants of all rules that follow it, used up or not. */
  readonly followers: readonly GrantFacts[];
  /** What rules took from its credit, for grants that were used up. */
  readonly takenForRules: readonly { readonly rule: string; readonly amountHundredths: bigint }[];
  /**
   * Of its money, what covers reversals of other payments: the client owed it before, so it earns nothing.
   */
  readonly repaidHundredths: bigint;
}

/** A service that is pending, active or suspended. */
export interface ServiceFacts {
  readonly id: number;
  readonly productId: number | null;
  readonly productGroupId: number | null;
  readonly serverId: number | null;
  /** Pending, Active or Suspended, as WHMCS names it. */
  readonly status: string;
  /** What it costs per cycle, as WHMCS stores it: where prices are without tax, so is this. */
  readonly recurringHundredths: bigint;
  /** The length of its cycle; null for one that does not recur. */
  readonly cycleMonths: number | null;
  readonly dueOn: string | null;
  /** It recurs, is in use, and its next due date is past. */
  readonly isOverdue: boolean;
  readonly isSuspended: boolean;
}

/** How far ahead `renewals` look: a quarter. */
export const RENEWALS_DAYS = 92;

/** Money that came for an invoice. */
export interface PaymentFacts {
  /** The row of WHMCS's transactions. */
  readonly id: number;
  readonly invoiceId: number;
  readonly gateway: string;
  /** `''` when the gateway named none. */
  readonly transactionId: string;
  /** `YYYY-MM-DD HH:MM:SS` in WHMCS's time zone. */
  readonly receivedAt: string;
  readonly amountHundredths: bigint;
  /** What the invoice did not need of it, and WHMCS made credit of: an overpayment. */
  readonly surplusHundredths: bigint;
}

/** Money of an invoice that went back to whoever paid it, or to the client's credit. */
export interface RefundFacts {
  /** The row of WHMCS's transactions. */
  readonly id: number;
  readonly refundedOn: string | null;
  readonly amountHundredths: bigint;
}

/** Something that falls due, or is overdue. */
export interface RenewalFacts {
  readonly kind: 'service' | 'addon' | 'domain';
  /** The id of the service, addon or domain. */
  readonly id: number;
  /** The service; of an addon, the one that it belongs to. */
  readonly serviceId: number | null;
  readonly productId: number | null;
  readonly productGroupId: number | null;
  readonly dueOn: string;
  /** As WHMCS stores it: where prices are without tax, so is this. */
  readonly amountHundredths: bigint;
  /** The unpaid invoice that asks for it; null while there is none. */
  readonly invoiceId: number | null;
  /** What is left to pay on that invoice. */
  readonly openHundredths: bigint | null;
}

/** A deposit that money paid. */
export interface PastDeposit {
  readonly invoiceId: number;
  /** Of its first payment. */
  readonly gateway: string;
  /** Of its first payment; `''` when the gateway named none. */
  readonly transactionId: string;
  readonly paidOn: string | null;
  /** The client's first deposit that money paid. */
  readonly isFirst: boolean;
  /** All money that came for it, whatever went back later. */
  readonly receivedHundredths: bigint;
  /** What went back of it by refunds. */
  readonly refundedHundredths: bigint;
  /** What went back of it by a reversal, such as a chargeback: WHMCS then takes the credit back at once. */
  readonly reversedHundredths: bigint;
  /** The day of its newest reversal; null when none took its credit. */
  readonly reversedOn: string | null;
}

/** Money received from a client less what went back, in the days before today and today. */
export interface RevenueFacts {
  readonly last30DaysHundredths: bigint;
  readonly last90DaysHundredths: bigint;
  readonly last365DaysHundredths: bigint;
  readonly allHundredths: bigint;
}

export interface OrderFacts {
  readonly id: number;
  /** Pending, Active, Fraud, Cancelled, or one that the provider added. */
  readonly status: string;
  readonly isFraud: boolean;
  readonly orderedOn: string | null;
  readonly invoiceId: number | null;
}

/** What a rule did on one day; what became stale or was refused is left out. */
export interface CounterFacts {
  readonly rule: string;
  /** The kind of effect: `grant`, `remove`, `apply`, `mail`, `notify` and so on. */
  readonly effect: string;
  /** WHMCS's local date. */
  readonly on: string;
  readonly count: number;
  /** Zero for effects without an amount. */
  readonly amountHundredths: bigint;
}

/** The client's own credit on an invoice, as the ledger knows it. */
export interface CreditOnFacts {
  /** Put on it and not come back, less what commands under way will bring back. */
  readonly leftHundredths: bigint;
  /** What was put on it in all. */
  readonly putHundredths: bigint;
  /** Refunds of the invoice that WHMCS added to the client's credit. */
  readonly refundedToCreditHundredths: bigint;
  /** An entry that nobody could explain, newer than the credit on the invoice: perhaps it is this credit. */
  readonly mayBeBack: bigint | null;
  /** Its newest entry: a fact with this number answers only this state of the invoice's credit. */
  readonly lastEntry: bigint;
  /** How credit can leave an invoice with the version of WHMCS that runs. */
  readonly ways: WaysOff;
}

export type ServiceChoice = 'keep' | 'first';

/** What the client chose about credit. */
export interface PreferenceFacts {
  /** Whether credit may be used without the client's doing; true unless the client said no. */
  readonly usesCredit: boolean;
  /** Services for which it is not used (`keep`), and whose invoices come first; all others are as usual. */
  readonly services: readonly { readonly serviceId: number; readonly choice: ServiceChoice }[];
}

export interface Facts {
  readonly client: ClientFacts;
  /** The invoice that the event concerns (`needs: ['invoice']`). */
  readonly invoice: InvoiceFacts | null;
  /** Unpaid ordinary invoices, by due date, then id (`needs: ['openInvoices']`). */
  readonly openInvoices: readonly InvoiceFacts[];
  /** Unpaid deposit invoices (`needs: ['openDeposits']`). */
  readonly openDeposits: readonly InvoiceFacts[];
  /**
   * Money received for the event's invoice, with its share of mass payments (`needs: ['received']`). A payment that a gateway
   * told several times counts once.
   */
  readonly receivedHundredths: bigint;
  /**
   * What this rule did for this client in the last year, by effect and day (`needs: ['counters']`); `counted` adds it up. The loader
   * reads those of all rules; the engine gives each rule its own.
   */
  readonly counters: readonly CounterFacts[];
  /**
   * The client's ledger (`needs: ['grants']`). Null when it is not reliable: no rule needs it, it still reads the history, or it
   * found a difference that an admin must examine.
   */
  readonly ledger: LedgerFacts | null;
  /** What rules parked of the client's credit (`needs: ['parked']`). */
  readonly parked: readonly ParkedFacts[];
  /**
   * What the ledger knows about the credit of the event's invoice (`needs: ['deposit']`). Null when it is not reliable, or no rule
   * needs it.
   */
  readonly deposit: DepositFacts | null;
  /** Money that came for the client's invoices since yesterday, in WHMCS's order (`needs: ['payments']`). */
  readonly payments: readonly PaymentFacts[];
  /** The client's services that are not over, by id (`needs: ['services']`). */
  readonly services: readonly ServiceFacts[];
  /** What is overdue or falls due within `RENEWALS_DAYS`, by due date (`needs: ['renewals']`). */
  readonly renewals: readonly RenewalFacts[];
  /** The client's deposits that money paid, the first one first (`needs: ['deposits']`). */
  readonly deposits: readonly PastDeposit[];
  /** Zero when no rule needs it (`needs: ['revenue']`). */
  readonly revenue: RevenueFacts;
  /** The client's orders, newest first (`needs: ['orders']`). */
  readonly orders: readonly OrderFacts[];
  /**
   * The client's own credit on the event's invoice (`needs: ['creditOn']`). Null when none ever was, while the ledger does not
   * follow the log, or when no rule needs it.
   */
  readonly creditOn: CreditOnFacts | null;
  /**
   * The refunds of the event's invoice, the oldest first (`needs: ['refunds']`). A refund to credit may have no row here
   * (whmcs.md §8.15); then `creditOn` has it.
   */
  readonly refunds: readonly RefundFacts[];
  /** What the client chose (`needs: ['preferences']`). */
  readonly preferences: PreferenceFacts;
}

/** What a rule can ask for; `facts.client` is always there. */
export const needs = [
  'invoice',
  'lines',
  'openInvoices',
  'openDeposits',
  'received',
  'counters',
  'grants',
  'deposit',
  'creditOn',
  'activeOrder',
  'services',
  'renewals',
  'deposits',
  'revenue',
  'orders',
  'parked',
  'preferences',
  'payments',
  'refunds',
] as const;
export type Need = (typeof needs)[number];
