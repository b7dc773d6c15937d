export { claimTurn } from './claim-turn.ts';
export { createApiPorts } from './create-api-ports.ts';
export { createFollowing } from './create-following.ts';
export { createParts, type Parts } from './create-parts.ts';
export { commandSentence, decisionSentences, titleIn } from './decision-sentences.ts';
export { probeStorage } from './probe-storage.ts';
export { describeObstacle, type StorageState } from './readiness.ts';
export { prune } from './retention.ts';
export { serve } from './serve.ts';
