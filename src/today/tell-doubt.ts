import type { DayDoubt } from './judge-day.ts';

/** What is doubtful about a date and what that keeps from happening, in a sentence or two. */
export function tellDoubt(doubt: DayDoubt): string {
  const held = 'No run of that date is planned, and no credit is taken.';
  return doubt.kind === 'clocks-differ'
    ? `WHMCS says that it is ${doubt.date}; by the database’s clock it is ${doubt.database} in ${doubt.zone}. ${held}`
    : `WHMCS says that it is ${doubt.date}, ${doubt.days} days after the last daily run (${doubt.lastRun}). ${held}`;
}
