/** The rows that some hooks concern, as far as the database shows them yet. */
export interface Located {
  readonly clients: ReadonlySet<number>;
  readonly invoices: ReadonlyMap<number, LocatedInvoice>;
  readonly orders: ReadonlyMap<number, LocatedOrder>;
  readonly transactions: ReadonlyMap<number, LocatedTransaction>;
}

export interface LocatedInvoice {
  readonly id: number;
  readonly clientId: number;
  readonly status: string;
  /** It has a line of type AddFunds (whmcs.md §2.3). */
  readonly isDeposit: boolean;
  /** The invoices a mass payment pays (whmcs.md §2.6); empty for others. */
  readonly pays: readonly { readonly invoiceId: number; readonly isDeposit: boolean }[];
}

export interface LocatedOrder {
  readonly clientId: number;
  readonly invoiceId: number | null;
}

export interface LocatedTransaction {
  readonly clientId: number | null;
  readonly invoiceId: number | null;
}
