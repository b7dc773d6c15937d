/** What the service uses to ask the rules. */
export * from './engine.ts';
export { type MergedSettings, mergeSettings } from './merge-settings.ts';
