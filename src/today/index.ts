/** Which day it is for WHMCS, and whether that can be believed. Pure: the database's part is in `src/db`. */
export { dayIn } from './day-in.ts';
export {
  CLOCKS_MAY_DIFFER_MS,
  DAYS_BETWEEN_RUNS_MAX,
  type DayDoubt,
  judgeDay,
  type NamedDay,
} from './judge-day.ts';
export { tellDoubt } from './tell-doubt.ts';
export { type Today, type TodayFacts, todayFrom } from './today.ts';
