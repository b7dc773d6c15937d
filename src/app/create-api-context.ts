import type { ApiContext } from '../api/index.ts';
import type { Parts } from './create-parts.ts';

export interface ApiContextOptions {
  /** Unix milliseconds. */
  readonly now: () => number;
  /** Called when commands were written. */
  readonly onCommands: () => void;
}

/** What the API works with; the command line uses the same. */
export function createApiContext(
  { db, operations, engine }: Parts,
  { now, onCommands }: ApiContextOptions,
): ApiContext {
  return {
    db,
    operations,
    onCommands,
    rules: () => engine.rules(),
    validateSettings: (rule, settings) => engine.validateSettings(rule, settings),
    now: () => new Date(now()),
  };
}
