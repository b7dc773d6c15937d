import { runRequest } from '../../../bridge/index.ts';
import type { DailyRuns } from '../../runs/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Starts or continues the daily run. */
export function runEndpoint(runs: Pick<DailyRuns, 'advance'>): Endpoint {
  return defineEndpoint({
    kind: runRequest,
    needs: 'pairing',
    answer: ({ date, zone, moment }) => runs.advance({ date, zone, moment }),
  });
}
