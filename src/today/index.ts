/** Which day it is for WHMCS, and whether to believe it. Judged without I/O, from facts that one statement reads. */
export { dayIn } from './day-in.ts';
export { type DayDoubt, judgeDay } from './judge-day.ts';
export { localTime } from './local-time.ts';
export { confirmDay, doubtAbout, readToday } from './read-today.ts';
export { tellDoubt } from './tell-doubt.ts';
export { type Today, type TodayFacts, todayFrom } from './today.ts';
