import { dayIn } from './day-in.ts';

/**
 * How far WHMCS's clock and the database's may be apart around midnight without a question. Clocks of two machines differ by
 * seconds or minutes; an old list of time zones, or a change to summer time that one side missed, makes a whole hour of it.
 */
export const CLOCKS_MAY_DIFFER_MS = 90 * 60_000;

/** After a longer pause between two runs, a clock that jumped is as likely as a service that was off. */
export const DAYS_BETWEEN_RUNS_MAX = 7;

const DAY_MS = 86_400_000;

/** A date that WHMCS named, and what it is checked against. */
export interface NamedDay {
  /** `YYYY-MM-DD` by WHMCS's calendar. */
  readonly date: string;
  readonly zone: string;
  /** The database's clock when WHMCS named the date. */
  readonly at: Date;
  /** The date of the run that began last; null before the first one. */
  readonly lastRun: string | null;
}

/** Why a date cannot be believed until somebody confirms it. */
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

/** Checks a date of WHMCS against the database's clock and against the last run; null when it can be believed. */
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
