import type { Effect, LimitedKind } from './effect.ts';

/**
 * What a rule may say: propose an effect, limit an effect that someone proposes, or skip with a reason. The host settles
 * what was said; a rule moves nothing itself.
 */

/** The fact an effect answers; it is what makes the effect happen once. Printable ASCII, at most 190 characters. */
export type Fact = string;

export interface Propose {
  readonly say: 'propose';
  readonly fact: Fact;
  readonly effect: Effect;
  readonly because: string;
}

/**
 * At most this much of this effect, all proposals together. With an invoice: for that invoice. Without: for everything this
 * question brings about. Zero means: none.
 */
export interface Limit {
  readonly say: 'limit';
  readonly effect: LimitedKind;
  readonly invoiceId: number | null;
  /** Only what the rule of this id proposes; null: whoever proposes it. */
  readonly proposedBy: string | null;
  readonly atMostHundredths: bigint;
  /**
   * Limits of one rule for one client that carry the same name share one budget: what one decision takes is gone for
   * the next. That is how a cap per month holds when two deposits are decided together. Null: each limit stands alone.
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

export type Word = Propose | Limit | Skip | Answer;
