/** Where nobody else may agree, a proposal is agreed to by itself after this. */
export const ALONE_HOURS = 24;

/** What one proposer did within this counts as one amount, so that splitting it does not help. */
export const SPLIT_HOURS = 24;

/** An amount in settings is a slip of the hand above so many times what is usual here. */
export const CEILING_TIMES = 1000n;

/** Widths of columns that hold what people write. */
export const REASON_MAX_CHARACTERS = 500;

/** Currencies with an approval amount; an installation has a handful. */
export const CURRENCIES_MAX = 50;

/** What was done since then counts as one amount. */
export function sinceSplit(at: Date): Date {
  return new Date(at.getTime() - SPLIT_HOURS * 3_600_000);
}
