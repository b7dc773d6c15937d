import type { Engine } from '../rules/engine/index.ts';
import type { Inbox } from './ports.ts';
import type { SettingsCache } from './settings-cache.ts';

/** What taking deliveries needs of others. */
export interface Dependencies {
  readonly inbox: Inbox;
  readonly engine: Engine;
  readonly settings: SettingsCache;
  /** Unix milliseconds. */
  readonly now: () => number;
}
