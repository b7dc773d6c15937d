/** Clients, and the first and last day of their rows (WHMCS's local, `YYYY-MM-DD`). */
export interface About {
  readonly clientIds: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** The day `days` days later, or earlier when negative. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
