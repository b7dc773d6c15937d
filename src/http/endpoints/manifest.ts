import { manifestRequest } from '../../../bridge/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';
import type { Manifests } from '../ports.ts';

/** Tells the shim which hooks to register. */
export function manifestEndpoint(manifests: Manifests): Endpoint {
  return defineEndpoint({
    kind: manifestRequest,
    needs: 'installation',
    answer: async () => ({ manifest: await manifests.current() }),
  });
}
