/**
 * The urgency of each kind of command. Smaller runs first: what a client waits for, then credit on invoices, then removals.
 * Mails come last, so that they show the result.
 */
export const urgencies = {
  /** A setting of WHMCS. */
  setting: 0,
  /** Taking back the return of an invoice that is open again: its credit must not be spent twice. */
  takeBack: 0,
  cancel: 10,
  give: 50,
  /** An admin's operation. */
  byHand: 50,
  /** Overdue invoices before those due later: the days until the invoice is due are added, at most 365 either way. */
  apply: 500,
  take: 900,
  /** The rest that all other credit leaves open. */
  forgive: 950,
  mail: 1000,
} as const;
