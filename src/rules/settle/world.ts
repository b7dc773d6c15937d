import type { LimitBook } from './limit-book.ts';
import type { RunningBalances } from './settlement.ts';

/** What is left of everything that wishes compete for. */
export interface World {
  readonly balances: RunningBalances;
  readonly limits: LimitBook;
  /** What is still due on invoices that were served already. */
  readonly due: Map<number, bigint>;
  readonly cancelled: Set<number>;
  /** Facts that are answered by a command of before. */
  readonly live: ReadonlySet<string>;
  /** Facts whose effect came to nothing. */
  readonly unfulfilled: Set<string>;
}
