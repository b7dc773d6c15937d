import type { Effect } from './effect.ts';

/**
 * What a rule may say: propose an effect, answer WHMCS while it waits, or skip with a reason. To what others propose it may say a
 * limit. The host settles what was said; a rule moves nothing itself.
 */

/** The fact an effect answers; it is what makes the effect happen once. Printable ASCII, at most 190 characters. */
export type Fact = string;

export interface Propose {
  readonly say: 'propose';
  readonly fact: Fact;
  readonly effect: Effect;
  /** What the rule allows itself, such as a cap per month. */
  readonly limits?: readonly Limit[];
  readonly because: string;
}

/** At most this much of one proposal. */
export interface Limit {
  /** Zero forbids the effect. */
  readonly atMostHundredths: bigint;
  /**
   * Limits of one rule on one effect for one client that carry the same name share one budget: what one proposal takes is gone
   * for the next, whatever they are about. That is how a cap per month holds when two deposits are decided together. Null:
   * the limit is for this proposal alone.
   */
  readonly budget: string | null;
  readonly because: string;
}

export interface Skip {
  readonly say: 'skip';
  readonly because: string;
}

/** A box above a client's page. */
export interface PageNotice {
  readonly type: 'success' | 'info' | 'warning' | 'danger';
  readonly title: string;
  readonly message: string;
}

/** Answers that matter while WHMCS waits; only heard for inline and veto deliveries. */
export interface Answer {
  readonly say: 'answer';
  /** Hold WHMCS's own creation mail; the rule proposes the mail that replaces it. */
  readonly mail?: 'hold';
  /** Texts that block the checkout. */
  readonly veto?: readonly string[];
  /** Variables for the page's template. */
  readonly pageVars?: Readonly<Record<string, bigint | string | boolean>>;
  readonly notice?: PageNotice;
  readonly because: string;
}

export type Word = Propose | Skip | Answer;
