export { claimTurn } from './claim-turn.ts';
export { createApiContext } from './create-api-context.ts';
export { createFollowing } from './create-following.ts';
export { createParts, type Parts } from './create-parts.ts';
export { probeStorage } from './probe-storage.ts';
export { readBacklog } from './read-backlog.ts';
export { describeObstacle, JUST_STARTED, type StorageState } from './readiness.ts';
export { prune } from './retention.ts';
export { serve } from './serve.ts';
