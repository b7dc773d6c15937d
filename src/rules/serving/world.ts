/** What wishes compete for. Serving a wish draws it down for those that come after. */
export interface World {
  /** What each client may still spend. */
  readonly balances: Map<number, bigint>;
  /** What is still due on invoices that were served already. */
  readonly due: Map<number, bigint>;
  /** Invoices that are being cancelled. */
  readonly cancelled: Set<number>;
  /** Facts that a command answers already. */
  readonly live: ReadonlySet<string>;
  /** Facts whose effect came to nothing. */
  readonly unfulfilled: Set<string>;
}
