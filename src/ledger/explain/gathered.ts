import type { EntryKind } from '../kinds.ts';

/**
 * The evidence about a list of rows, read in sets before any row is explained. All amounts are hundredths; days are WHMCS's
 * local days. `src/follow/evidence` reads it.
 */
export interface Gathered {
  /** Commands that a row proves, that a marker names, or that are live for a client of the list. */
  readonly commands: readonly CommandProof[];
  /** By id; also other clients' invoices that a description happens to name, and the mass payments of all of them. */
  readonly invoices: ReadonlyMap<number, InvoiceProof>;
  /** Money without an invoice (whmcs.md §2.5, Add Transaction with *Credit*). */
  readonly payments: readonly PaymentProof[];
  /** Money without an invoice that went out to the client. */
  readonly paidBack: readonly PaymentProof[];
  readonly upgrades: readonly UpgradeProof[];
  /** Commissions of affiliates that were paid out (whmcs.md §2.5). */
  readonly withdrawals: readonly PaymentProof[];
  readonly merges: readonly MergeProof[];
  /** Recorded entries, in the order of sequence: their proofs explain nothing else. */
  readonly recorded: readonly RecordedProof[];
  /** Whether `tblinvoices.credit` and `total` move with credit, as on 8.x (whmcs.md §2.2); on 9.x this is unknown (§8.1). */
  readonly figuresMove: boolean;
}

export interface CommandProof {
  readonly id: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly action: string;
  /** As in the log: negative when it takes credit. */
  readonly amountHundredths: bigint;
  readonly rule: string;
  readonly state: string;
  /** The row that proves it; null while unknown. */
  readonly creditLogId: number | null;
  /** The highest row of the log before it started; null when it never started. */
  readonly afterLogId: number | null;
  readonly terms: CommandTerms | null;
}

/** The stated meaning of our command, as stored and not yet validated. */
export interface CommandTerms {
  readonly kind: string;
  readonly act: string;
  readonly invoiceId: number | null;
  /** `admin:<id>`, `cli:<user>`, or empty for a rule. */
  readonly actor: string;
  readonly reason: string;
}

export interface InvoiceProof {
  readonly id: number;
  readonly clientId: number;
  readonly status: string;
  readonly createdOn: string | null;
  readonly paidOn: string | null;
  readonly totalHundredths: bigint;
  /** What it costs in all: subtotal and taxes. */
  readonly grossHundredths: bigint;
  readonly creditHundredths: bigint;
  /** Σ amountin − amountout of its own rows in `tblaccounts` that are money. */
  readonly paidHundredths: bigint;
  /** What credit notes put on it, on 9.x, those of refunds left out (whmcs.md §2.2). */
  readonly notedHundredths: bigint;
  /** Its credit notes, on 9.x: credit put on it, lines that were cancelled, refunds (whmcs.md §2.2). */
  readonly creditNotes: readonly bigint[];
  /** What debit notes took off it, on 9.x: credit taken off it, a late fee, a payment's surplus (whmcs.md §2.2). */
  readonly debitNotes: readonly bigint[];
  /** Those of the debit notes that asked for more: a late fee, or credit taken off it. A payment's surplus does not. */
  readonly charges: readonly bigint[];
  /** Its total less all its rows in `tblaccounts`, notes included. */
  readonly openHundredths: bigint;
  /** Its lines of type AddFunds (whmcs.md §2.3), in the order of id. */
  readonly depositLines: readonly bigint[];
  /** The money its deposit brought, with its share of mass payments (src/events, `receivedForDeposit`). */
  readonly receivedHundredths: bigint;
  /** The same before refunds: whether money paid the deposit at all. */
  readonly everReceivedHundredths: bigint;
  /** Its rows in `tblaccounts` that are money and went out: refunds and reversals (whmcs.md §2.5, §2.7), in the order of id. */
  readonly refunds: readonly MoneyBack[];
  /** Its lines of type Invoice: what it pays as a mass payment (whmcs.md §2.6). */
  readonly pays: readonly { readonly invoiceId: number; readonly amountHundredths: bigint }[];
  /** Mass payments with a line for it, in the order of id. */
  readonly containers: readonly number[];
}

/** Money that went back to the payer. */
export interface MoneyBack {
  readonly on: string | null;
  readonly amountHundredths: bigint;
}

export interface PaymentProof {
  readonly id: number;
  readonly clientId: number;
  readonly on: string | null;
  readonly amountHundredths: bigint;
}

/** A downgrade of a service (whmcs.md §2.5). */
export interface UpgradeProof {
  readonly id: number;
  readonly clientId: number;
  readonly serviceId: number;
  /** The newest invoice of the service that was paid; null when none is known. */
  readonly paidBy: number | null;
  /** What it gave back: `credit_amount`, or `amount` when negative; either may have become credit. */
  readonly credits: readonly bigint[];
}

/** A hook reported that another client was merged into this one on about that day. */
export interface MergeProof {
  readonly clientId: number;
  readonly on: string;
}

export interface RecordedProof {
  readonly logId: number | null;
  readonly clientId: number;
  readonly kind: EntryKind;
  readonly direction: 'in' | 'out';
  readonly amountHundredths: bigint;
  readonly invoiceId: number | null;
  readonly commandId: string | null;
  /** It came back by a command of ours that adds credit, so the invoice's own figure still has it. */
  readonly staysOnInvoice?: boolean;
  readonly on: string | null;
  /** From before the adoption, when nobody looked for its proof. */
  readonly isHistory?: boolean;
}
