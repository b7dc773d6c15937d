import type { EntryKind } from '../kinds.ts';

/**
 * What was found about a page of rows, by sets and before anybody thinks. All amounts are hundredths; days are WHMCS's local
 * days. `src/whmcs` reads it.
 */
export interface Gathered {
  /** Named by their row, by a marker in a description, or under way for a client of the page. */
  readonly commands: readonly CommandProof[];
  /** By id; also those of other clients that a description happens to name, and the mass payments of all of them. */
  readonly invoices: ReadonlyMap<number, InvoiceProof>;
  /** Money without an invoice (whmcs.md §2.5, Add Transaction with *Credit*). */
  readonly payments: readonly PaymentProof[];
  readonly upgrades: readonly UpgradeProof[];
  readonly merges: readonly MergeProof[];
  /** Entries that stand already, in the order of sequence: what proved them proves nothing else. */
  readonly recorded: readonly RecordedProof[];
  /** Whether `tblinvoices.credit` and `total` move with credit, as on 8.x (whmcs.md §2.2); on 9.x that is not known (§8.1). */
  readonly figuresMove: boolean;
}

export interface CommandProof {
  readonly id: string;
  readonly clientId: number;
  readonly invoiceId: number | null;
  readonly action: string;
  /** As it shows in the log: negative when it takes. */
  readonly amountHundredths: bigint;
  readonly rule: string;
  readonly state: string;
  /** The row that proves it; null while nobody has said so. */
  readonly creditLogId: number | null;
  /** The highest row of the log before it began; null when it never began. */
  readonly afterLogId: number | null;
  readonly terms: CommandTerms | null;
}

/** What a command of ours said that it means; as stored, so not yet trusted. */
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
  readonly creditHundredths: bigint;
  /** Σ amountin − amountout of its own rows of money. */
  readonly paidHundredths: bigint;
  /** Its lines of type AddFunds (whmcs.md §2.3), in the order of id. */
  readonly depositLines: readonly bigint[];
  /** The money its deposit brought, a share of mass payments included (src/events, `receivedForDeposit`). */
  readonly receivedHundredths: bigint;
  /** The same without what was refunded since: whether money paid the deposit at all. */
  readonly everReceivedHundredths: bigint;
  /** `amountout` of its rows of money (whmcs.md §2.5), in the order of id. */
  readonly refunds: readonly bigint[];
  /** Its lines of type Invoice: what it pays as a mass payment (whmcs.md §2.6). */
  readonly pays: readonly { readonly invoiceId: number; readonly amountHundredths: bigint }[];
  /** Mass payments with a line for it, in the order of id. */
  readonly containers: readonly number[];
}

export interface PaymentProof {
  readonly id: number;
  readonly clientId: number;
  readonly on: string | null;
  readonly amountHundredths: bigint;
}

/** A change of a service to less (whmcs.md §2.5). */
export interface UpgradeProof {
  readonly id: number;
  readonly clientId: number;
  readonly serviceId: number;
  /** What it gave back: `credit_amount`, or `amount` where that is negative; whichever may have become credit. */
  readonly credits: readonly bigint[];
}

/** A hook told that another client was merged into this one on about that day. */
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
  readonly on: string | null;
  /** From before the adoption: nobody looked then for what proved it. */
  readonly isHistory?: boolean;
}
