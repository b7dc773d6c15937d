import type { Posting } from './types.ts';

/**
 * What the book needs besides all grants with a rest and all spends with an unfunded part. Everything is of the same
 * account.
 */
export interface Loads {
  /** For each: the invoice's entries that took credit, all their draw-downs, and the grants these name. */
  readonly invoiceIds: readonly number[];
  /**
   * For each: the grants that it opened or that a draw-down by it or for it names; the entry itself, if it took credit; all
   * draw-downs of these grants and of that entry; and the entries that these draw-downs are for.
   */
  readonly entries: readonly bigint[];
}

/** Lists what a store loads before it posts these entries to one book, one after the other. */
export function loadsFor(postings: Iterable<Pick<Posting, 'act' | 'invoiceId'>>): Loads {
  const invoiceIds = new Set<number>();
  const entries = new Set<bigint>();
  for (const { act, invoiceId } of postings) {
    if (act.do === 'return' && invoiceId !== null) invoiceIds.add(invoiceId);
    else if (act.do === 'take-back') entries.add(act.returns);
    else if (act.do === 'correct') entries.add(act.corrects);
  }
  return { invoiceIds: [...invoiceIds], entries: [...entries] };
}
