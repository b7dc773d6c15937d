import type { ReservationFacts } from '../facts.ts';

/** A fact about which an admin was asked, and the amount that was told. */
export interface AskedFact {
  readonly state: 'pending' | 'approved' | 'rejected' | 'expired';
  /** 0 for an effect without an amount. */
  readonly amountHundredths: bigint;
}

/** What wishes compete for. Each served wish leaves less for the next. */
export interface World {
  /** What each client may still spend. */
  readonly balances: Map<number, bigint>;
  /** What rules reserve of each client's credit, where that changed. */
  readonly reservations: Map<number, readonly ReservationFacts[]>;
  /** What is still due on invoices served so far. */
  readonly due: Map<number, bigint>;
  /** Invoices that this batch gives credit back from. */
  readonly emptied: Set<number>;
  /** Invoices that this batch cancels. */
  readonly cancelled: Set<number>;
  /** Facts that a command already answers. */
  readonly live: ReadonlySet<string>;
  readonly asked: ReadonlyMap<string, AskedFact>;
  /** Facts whose effect was refused, or waits. */
  readonly unfulfilled: Set<string>;
}
