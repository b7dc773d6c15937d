import type { DayDoubt } from './judge-day.ts';

/** Tells in a sentence or two what is doubtful about a date, and what does not happen because of it. */
export function tellDoubt(doubt: DayDoubt): string {
  const held = 'No run of that date is planned, and no credit is taken.';
  return doubt.kind === 'clocks-differ'
    ? `WHMCS says that it is ${doubt.date}; by the database’s clock it is ${doubt.database} in ${doubt.zone}. ${held}`
    : `WHMCS says that it is ${doubt.date}, ${doubt.days} days after the last daily run (${doubt.lastRun}). ${held}`;
}
