/** Follows WHMCS's credit log: one leader, every row exactly once, adoption at the start and after a restore. */
export {
  createFollower,
  type Follower,
  type FollowerDependencies,
  type RoundOutcome,
} from './create-follower.ts';
export type {
  AdoptionProgress,
  AdoptionStore,
  Lead,
  OpeningSight,
  PageOutcome,
  TailState,
  TailStore,
} from './ports.ts';
export { createProgressText } from './report-progress.ts';
export { rememberSeen, type Seen, type SeenState } from './seen.ts';
