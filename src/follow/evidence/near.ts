/** Clients, and the days (WHMCS's local, `YYYY-MM-DD`) between which their rows are. */
export interface About {
  readonly clientIds: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** The day that many days later. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
