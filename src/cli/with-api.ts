import { type ApiPorts, createPresent, type Present } from '../api/index.ts';
import { createApiPorts } from '../app/index.ts';
import type { Environment } from '../config/index.ts';
import { withParts } from './with-parts.ts';

/** Gives one command what the API works with. */
export function withApi<T>(
  env: Environment,
  work: (ports: ApiPorts, present: Present) => Promise<T>,
): Promise<T> {
  return withParts(env, async (parts) => {
    // Nothing here asks WHMCS for anything, so nobody has to ring.
    const ports = createApiPorts(parts, { now: Date.now, onCommands: () => undefined });
    return work(ports, await createPresent(ports));
  });
}
