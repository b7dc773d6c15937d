import { manifestRequest } from '../../../bridge/index.ts';
import type { Receiver } from '../../deliveries/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Tells the shim which hooks to register. */
export function manifestEndpoint(receiver: Pick<Receiver, 'current'>): Endpoint {
  return defineEndpoint({
    kind: manifestRequest,
    needs: 'installation',
    answer: async () => ({ manifest: await receiver.current() }),
  });
}
