/** A currency, as a preview names it. */
export interface PreviewedCurrency {
  readonly id: number;
  readonly code: string;
}

/** What one rule would do, by kind of effect and currency. */
export interface PreviewedEffect {
  readonly rule: string;
  /** `apply`, `grant`, `remove`… */
  readonly effect: string;
  readonly currency: PreviewedCurrency;
  readonly count: number;
  readonly hundredths: bigint;
  /** What this rule really did in the time; null for a time that is not over. */
  readonly really: { readonly count: number; readonly hundredths: bigint } | null;
}

/** A client who would end with another balance. */
export interface PreviewedClient {
  readonly clientId: number;
  readonly currency: PreviewedCurrency;
  /** The balance at the end, and the one without these settings: the real one, or today's. */
  readonly wouldHundredths: bigint;
  readonly elseHundredths: bigint;
}

/** What settings would do, or would have done. Nothing of it is committed. */
export interface Previewed {
  /** Local days of WHMCS, both included. */
  readonly from: string;
  readonly to: string;
  /** How many clients were looked at, and how many invoices would get an effect. */
  readonly clients: number;
  readonly invoices: number;
  readonly effects: readonly PreviewedEffect[];
  /** Those with the largest change first. */
  readonly changed: readonly PreviewedClient[];
  /** How many clients would end with another balance. */
  readonly changedClients: number;
  /** What can't be known, with the reason in a sentence, and how often. */
  readonly unknown: readonly { readonly why: string; readonly count: number }[];
  /** What the preview takes as it is today, in sentences. */
  readonly asOfToday: readonly string[];
}

/** How far a preview is: parts of the clients. */
export interface PreviewProgress {
  readonly done: number;
  readonly of: number;
}
