import type { Effect } from './effect.ts';

/**
 * What a rule may say: propose an effect, answer WHMCS while it waits, or skip with a reason. It may limit proposals of others.
 * The host settles the answers; a rule moves nothing itself.
 */

/** The fact that an effect answers; it makes the effect happen only once. Printable ASCII, at most 190 characters. */
export type Fact = string;

export interface Propose {
  readonly say: 'propose';
  readonly fact: Fact;
  readonly effect: Effect;
  /** The rule's own limits, such as a cap per month. */
  readonly limits?: readonly Limit[];
  /**
   * When there is nothing to do, no decision says so: for what a rule proposes every day, just in case. What a limit forbids is
   * told all the same, and traces of other decisions about the same question name it.
   */
  readonly quiet?: true;
  readonly because: string;
}

/** At most this much of one proposal. */
export interface Limit {
  /** Zero forbids the effect. */
  readonly atMostHundredths: bigint;
  /**
   * Limits of one rule on one effect for one client with the same name share one budget: one proposal leaves less for the next.
   * So a cap per month holds when two deposits are decided together. Null: the limit is for this proposal only.
   */
  readonly budget: string | null;
  /**
   * The limit lowers nothing. What is above it waits as a whole until an admin agrees, once for the fact that it answers; zero
   * makes every proposal wait, also one without an amount.
   */
  readonly untilAgreed?: true;
  /** Serves the proposal at this place among those of the client, if it is earlier than its own; see `propose.apply`. */
  readonly turn?: bigint;
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

/** An answer to WHMCS while it waits; ignored except for inline and veto deliveries. */
export interface Answer {
  readonly say: 'answer';
  /** Holds WHMCS's own creation mail; the rule proposes the mail that replaces it. */
  readonly mail?: 'hold';
  /** Texts that block the checkout. */
  readonly veto?: readonly string[];
  /** Variables for the page's template. */
  readonly pageVars?: Readonly<Record<string, bigint | string | boolean>>;
  /** Of the payment methods that the page offers, only these, by WHMCS's own names. */
  readonly gateways?: readonly string[];
  readonly notice?: PageNotice;
  readonly because: string;
}

export type Word = Propose | Skip | Answer;
