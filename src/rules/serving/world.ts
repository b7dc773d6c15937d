import type { ReservationFacts } from '../facts.ts';

/** What wishes compete for. Each served wish leaves less for the next. */
export interface World {
  /** What each client may still spend. */
  readonly balances: Map<number, bigint>;
  /** What rules reserve of each client's credit, where that changed. */
  readonly reservations: Map<number, readonly ReservationFacts[]>;
  /** What is still due on invoices served so far. */
  readonly due: Map<number, bigint>;
  /** Invoices that this batch cancels. */
  readonly cancelled: Set<number>;
  /** Facts that a command already answers. */
  readonly live: ReadonlySet<string>;
  /** Facts whose effect was refused. */
  readonly unfulfilled: Set<string>;
}
