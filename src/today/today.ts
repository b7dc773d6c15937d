import { dayIn } from './day-in.ts';
import { type DayDoubt, judgeDay, type NamedDay } from './judge-day.ts';

/**
 * Today: which day it is for WHMCS. The time is the database's and the zone is WHMCS's; where both disagree, WHMCS's own date
 * counts only if an admin confirmed it.
 */
export interface Today {
  /** `YYYY-MM-DD` in WHMCS's zone. */
  readonly date: string;
  /** WHMCS's zone; UTC while the addon has sent none. */
  readonly zone: string;
  /** The date that WHMCS sent last; null before it sent one. */
  readonly told: string | null;
  /** As the addon sent it; empty before that. */
  readonly whmcsVersion: string;
  /** Why WHMCS's date is not believed; null when it is, or was confirmed. */
  readonly doubt: DayDoubt | null;
  /**
   * Credit whose last day is before this date may be taken: it has ended by WHMCS's clock and by the database's. Null while
   * nothing may be taken.
   */
  readonly takeBefore: string | null;
}

/** What today is judged by. */
export interface TodayFacts {
  /** What the addon sent last; undefined before it sent anything. */
  readonly told:
    | (Pick<NamedDay, 'date' | 'zone' | 'at'> & { readonly version: string })
    | undefined;
  /** The database's clock. */
  readonly now: Date;
  readonly lastRun: string | null;
  /** The date that an admin confirmed last; null when none was. */
  readonly confirmed: string | null;
}

export function todayFrom({ told, now, lastRun, confirmed }: TodayFacts): Today {
  if (told === undefined) {
    const date = dayIn('UTC', now);
    return { date, zone: 'UTC', told: null, whmcsVersion: '', doubt: null, takeBefore: null };
  }
  const database = dayIn(told.zone, now);
  const doubt = judgeDay({ date: told.date, zone: told.zone, at: told.at, lastRun });
  const isConfirmed = confirmed === told.date;
  const isByWhmcs = isConfirmed && doubt?.kind === 'clocks-differ';
  const earlier = told.date < database ? told.date : database;
  const mayTake = doubt === null || isConfirmed;
  return {
    date: isByWhmcs ? told.date : database,
    zone: told.zone,
    told: told.date,
    whmcsVersion: told.version,
    doubt: mayTake ? null : doubt,
    takeBefore: mayTake ? (isByWhmcs ? told.date : earlier) : null,
  };
}
