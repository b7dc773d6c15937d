import { pairRequest } from '../../../bridge/index.ts';
import type { Pairing } from '../../pairing/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Checks whether shim and service see the same database. */
export function pairEndpoint(pairing: Pairing): Endpoint {
  return defineEndpoint({
    kind: pairRequest,
    needs: 'same-database',
    answer: (request) => pairing.pair(request),
  });
}
