/** What the service uses to ask the rules. */

export { type CurrencyRate, type OuterLimits, outerLimits } from '../built-in/deposit-limits.ts';
export { createEngine, type EngineOptions } from './create-engine.ts';
export * from './engine.ts';
export { type MergedSettings, mergeSettings } from './merge-settings.ts';
