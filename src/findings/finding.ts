/** A finding to be written: something that needs an admin, or that did and is kept as a record. */
export interface NewFinding {
  /** The unique key, so that one thing is found once. ASCII, at most 190 characters. */
  readonly fact: string;
  readonly kind: FindingKind;
  readonly clientId: number | null;
  /** The client into whom this one was merged. */
  readonly otherClientId?: number;
  readonly invoiceId: number | null;
  /** What an admin reads. */
  readonly text: string;
  readonly outcome: FindingOutcome;
}

/** What sweeps find. `set-aside`: periodic work fails at one item (`src/periodic`). Operations have kinds of their own. */
export type FindingKind =
  | 'cancelled'
  | 'refunded'
  | 'paid'
  | 'paid-twice'
  | 'paid-after-cancel'
  | 'figures'
  | 'over-credited'
  | 'repeated-payment'
  | 'surplus'
  | 'parked-less'
  | 'parked-refused'
  | 'reserved-spent'
  | 'take-back'
  | 'money-back'
  | 'reversal'
  | 'merged'
  | 'merge-denied'
  | 'gone'
  | 'currency'
  | 'set-aside';

/**
 * - `waiting`: a hook may still arrive.
 * - `told`: the rules were asked.
 * - `asked`: a command was written.
 * - `open`: an admin has to look.
 * - `settled`: an admin has looked.
 *
 * The others need nobody: `before` (it was so before sweeping began), `hook` (WHMCS told us), `ours` (we did it
 * ourselves), `nobody` (no rule listens), `recorded` (the ledger has it).
 */
export type FindingOutcome =
  | 'waiting'
  | 'told'
  | 'asked'
  | 'open'
  | 'settled'
  | 'before'
  | 'hook'
  | 'ours'
  | 'nobody'
  | 'recorded';
