/** Decides for deliveries, runs and sweeps: asks the rules, settles what they say and writes it. */
export { type AskLimits, createAskLimits } from './ask-limits.ts';
export type { Batch } from './batch.ts';
export { type CarryOutAgreed, createCarryOutAgreed } from './carry-out-agreed.ts';
export { type Answers, decide, type Happened, type When } from './decide.ts';
export { type BatchDependencies, decideInBatch } from './decide-in-batch.ts';
export { type LoadedFacts, loadFacts, type WantedFacts } from './facts/load-facts.ts';
export { answersUnder, type HookAnswer } from './inline-hooks.ts';
export { activeRules, isHeard, neededBy, neededFor, ownHooksNamed } from './listening.ts';
export { lockAndLoad } from './lock-and-load.ts';
export { type Planned, planned, type Written } from './planned-decision.ts';
export { putBeforeRules } from './put-before-rules.ts';
export { recordFaults } from './record-faults.ts';
export { createSettingsCache, type SettingsCache } from './settings-cache.ts';
export type { Tally } from './tally.ts';
export { createTell, type Found, type Tell } from './tell.ts';
export { writeDecisions } from './write-decisions.ts';
export { writeFreezes } from './write-freezes.ts';
