import { deliveriesRequest } from '../../../bridge/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';
import type { Deliveries } from '../ports.ts';

/** Hooks that fired. */
export function deliveriesEndpoint(deliveries: Deliveries): Endpoint {
  return defineEndpoint({
    kind: deliveriesRequest,
    needs: 'pairing',
    answer: ({ items }) => deliveries.receive(items),
  });
}
