import { runRequest } from '../../../bridge/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';
import type { Runs } from '../ports.ts';

/** Starts or continues the daily run. */
export function runEndpoint(runs: Runs): Endpoint {
  return defineEndpoint({
    kind: runRequest,
    needs: 'pairing',
    answer: ({ date, zone, moment }) => runs.advance({ date, zone, moment }),
  });
}
