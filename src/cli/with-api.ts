import type { ApiContext } from '../api/index.ts';
import { createApiContext, type Parts } from '../app/index.ts';
import type { Config } from '../config/index.ts';
import type { CommandContext } from './command-context.ts';
import { ringOnce } from './ring-once.ts';
import { withParts } from './with-parts.ts';

/** Gives one command what the API works with; WHMCS is rung afterwards when commands were written. */
export function withApi<T>(
  { env, terminal }: CommandContext,
  work: (context: ApiContext, parts: Parts, config: Config) => Promise<T>,
): Promise<T> {
  return withParts(env, async (parts, config) => {
    let wrote = false;
    const onCommands = () => {
      wrote = true;
    };
    const api = createApiContext(parts, { now: Date.now, onCommands });
    const result = await work(api, parts, config);
    if (wrote) await ringOnce(config, parts, terminal);
    return result;
  });
}
