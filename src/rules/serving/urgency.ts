/**
 * How urgent each kind of command is. Smaller runs first: what an invoice's client waits for, then credit on invoices, then what
 * is taken away. Mails come last, so that they show what was done.
 */
export const urgencies = {
  /** A setting of WHMCS. */
  setting: 0,
  /** The return of an invoice that is open again: its credit must not be spent twice. */
  takeBack: 0,
  cancel: 10,
  give: 50,
  /** What an admin does by hand. */
  byHand: 50,
  /** Overdue invoices before those due later: the days until the invoice is due are added, at most 365 either way. */
  apply: 500,
  take: 900,
  mail: 1000,
} as const;
