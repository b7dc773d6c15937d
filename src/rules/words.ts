/**
 * What a rule may say: propose an effect, limit an effect that someone proposes, or skip with a reason. The host settles
 * what was said; a rule moves nothing itself.
 */

/** Put credit on an invoice. The host takes the least of what is asked, allowed, due and spendable. */
export interface ApplyEffect {
  readonly kind: 'apply';
  readonly invoiceId: number;
  /** Never more than this; null: as much as is due. */
  readonly atMostHundredths: bigint | null;
  /** Only when the whole balance due can be covered. */
  readonly wholeOnly: boolean;
  /** Credit that stays with the client. */
  readonly reserveHundredths: bigint;
  /** A rest smaller than this is not left due: less is applied instead (a gateway's minimum). */
  readonly smallestRestHundredths: bigint;
  /** Ask WHMCS not to send its payment mail. */
  readonly noEmail: boolean;
}

/** Add credit. */
export interface GrantEffect {
  readonly kind: 'grant';
  readonly amountHundredths: bigint;
  /** How a part of a hundredth, or of the currency's smallest unit, is rounded; always named. */
  readonly rounding: 'down' | 'half-even';
  /** For WHMCS's credit log; clients may read it in other addons. */
  readonly description: string;
  readonly grantKind: 'promotional' | 'adjustment';
  /** The last day on which it can be used; null: it does not expire. */
  readonly expiresOn: string | null;
  /** Smaller is used first; 100 is usual. */
  readonly priority: number;
  /** The deposit it is given for, so that it can be taken back when that is refunded. */
  readonly followsInvoiceId: number | null;
}

/**
 * Take credit away, never more than is spendable. With a grant: from that grant alone, never more than is left of it, and only
 * when the client did nothing since the ledger looked; else it is asked for anew.
 */
export interface RemoveEffect {
  readonly kind: 'remove';
  readonly amountHundredths: bigint;
  readonly description: string;
  readonly from: {
    readonly grantId: bigint;
    readonly as: 'expiry' | 'claw-back' | 'revocation';
  } | null;
}

/** Cancel an unpaid invoice on which no payment was attempted. */
export interface CancelEffect {
  readonly kind: 'cancel';
  readonly invoiceId: number;
}

/** A mail to the client: a template of WHMCS by name, or a text of our own (plain text; the host escapes it). */
export interface MailEffect {
  readonly kind: 'mail';
  readonly mail:
    | { readonly template: string; readonly id: number }
    | {
        readonly subject: string;
        readonly text: string;
        readonly about: 'invoice' | 'general';
        readonly id: number;
      };
  /** Not before this many seconds from now, unless the command for `afterFact` is settled earlier. */
  readonly delaySeconds: number;
  readonly afterFact: string | null;
  /** Sent only while the invoice has this status; null: whatever it is. */
  readonly whileInvoiceIs: 'Unpaid' | 'Paid' | 'Cancelled' | null;
}

/** A line for the admins on the addon page. */
export interface NotifyEffect {
  readonly kind: 'notify';
  readonly level: 'info' | 'warning';
  readonly text: string;
}

export type Effect =
  | ApplyEffect
  | GrantEffect
  | RemoveEffect
  | CancelEffect
  | MailEffect
  | NotifyEffect;

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
  readonly effect: 'apply' | 'grant' | 'remove' | 'cancel' | 'mail';
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
