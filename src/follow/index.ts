/** Follows WHMCS's credit log: one leader, every row exactly once, adoption at the start and after a restore. */
export type { AdoptionProgress } from './adopt-begin.ts';
export { createFollower, type Follower, type FollowerDependencies } from './create-follower.ts';
export { explainRows } from './evidence/explain-rows.ts';
export { createMoneyBack, type MoneyBack } from './money-back/find-money-back.ts';
export { createProgressText } from './report-progress.ts';
export { rememberSeen, type Seen, seenFile } from './seen.ts';
