import { deliveriesRequest } from '../../../bridge/index.ts';
import type { Receiver } from '../../deliveries/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Hooks that fired. */
export function deliveriesEndpoint(receiver: Pick<Receiver, 'receive'>): Endpoint {
  return defineEndpoint({
    kind: deliveriesRequest,
    needs: 'pairing',
    answer: ({ items }) => receiver.receive(items),
  });
}
