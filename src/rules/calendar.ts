const DAY_MS = 86_400_000;

/**
 * The calendar day so many days later; earlier for a negative count. Days are `YYYY-MM-DD` and have no zone.
 *
 * @throws {RangeError} for what is no day.
 */
export function daysAfter(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);
}

/** How many days later the second day is; negative when it is earlier. */
export function daysBetween(first: string, second: string): number {
  return Math.round((Date.parse(second) - Date.parse(first)) / DAY_MS);
}
