/** The service's interface to ask the rules. */

export { createEngine, type EngineOptions } from './create-engine.ts';
export * from './engine.ts';
export { type MergedSettings, mergeSettings } from './merge-settings.ts';
export { isAskedAt, needsAt } from './points-of.ts';
