/** Months of WHMCS's billing cycles by their names (whmcs.md §5, tblhosting). All others, such as `One Time`, do not recur. */
const MONTHS: Readonly<Record<string, number>> = {
  Monthly: 1,
  Quarterly: 3,
  'Semi-Annually': 6,
  Annually: 12,
  Biennially: 24,
  Triennially: 36,
};

/** The cycles that recur. */
export const recurringCycles = Object.keys(MONTHS);

/** How many months a cycle lasts; null for one that does not recur. */
export function monthsOf(cycle: string): number | null {
  return MONTHS[cycle] ?? null;
}
