import { dayIn } from './day-in.ts';

/**
 * How far the clocks of WHMCS and the database may differ around midnight without a question. Two machines differ by seconds
 * or a few minutes; more is a clock or a time zone that is wrong.
 */
export const CLOCKS_MAY_DIFFER_MS = 10 * 60_000;

/** After a longer pause between two runs, the clock may have jumped just as well as the service was off. */
export const DAYS_BETWEEN_RUNS_MAX = 7;

const DAY_MS = 86_400_000;

/** A date that WHMCS sent, and what it is checked against. */
export interface NamedDay {
  /** `YYYY-MM-DD` by WHMCS's calendar. */
  readonly date: string;
  readonly zone: string;
  /** The database's clock when WHMCS sent the date. */
  readonly at: Date;
  /** The date of the run that began last; null before the first one. */
  readonly lastRun: string | null;
}

/** Why a date is not believed until an admin confirms it. */
export type DayDoubt =
  | {
      readonly kind: 'clocks-differ';
      readonly date: string;
      readonly zone: string;
      /** The date in that zone by the database's clock. */
      readonly database: string;
    }
  | {
      readonly kind: 'long-pause';
      readonly date: string;
      readonly zone: string;
      readonly lastRun: string;
      readonly days: number;
    };

/** Checks a date of WHMCS against the database's clock and the last run; null when it can be believed. */
export function judgeDay({ date, zone, at, lastRun }: NamedDay): DayDoubt | null {
  const earliest = dayIn(zone, new Date(at.getTime() - CLOCKS_MAY_DIFFER_MS));
  const latest = dayIn(zone, new Date(at.getTime() + CLOCKS_MAY_DIFFER_MS));
  if (date < earliest || date > latest) {
    return { kind: 'clocks-differ', date, zone, database: dayIn(zone, at) };
  }
  if (lastRun === null) return null;
  const days = Math.round((Date.parse(date) - Date.parse(lastRun)) / DAY_MS);
  return days > DAYS_BETWEEN_RUNS_MAX ? { kind: 'long-pause', date, zone, lastRun, days } : null;
}
