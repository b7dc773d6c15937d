import type { Posting } from './types.ts';

/**
 * What must be in the book beside all grants with something remaining and all spends with something unfunded. Everything
 * is of the same account.
 */
export interface Loads {
  /** For each: the entries of that invoice that took credit, all draw-downs of these, and the grants those name. */
  readonly invoiceIds: readonly number[];
  /**
   * For each: the grants it opened or that a draw-down by it or for it names; the entry itself, if it took credit; all draw-downs
   * of these grants and of that entry; and the entries those are for.
   */
  readonly entries: readonly bigint[];
}

/** What a store loads before these entries are posted to one book, one after the other. */
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
