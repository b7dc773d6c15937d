import { type RunReply, runRequest } from '../../../bridge/index.ts';
import type { DailyRuns } from '../../runs/index.ts';
import { defineEndpoint, type Endpoint } from '../define-endpoint.ts';

/** Starts or continues the daily run, and says how long the shim keeps old commands. */
export function runEndpoint(
  runs: Pick<DailyRuns, 'advance' | 'noteMissed'>,
  keep: RunReply['keep'],
): Endpoint {
  return defineEndpoint({
    kind: runRequest,
    needs: 'pairing',
    answer: async ({ date, zone, moment }) => ({
      ...(await runs.advance({ date, zone, moment })),
      keep,
    }),
    // WHMCS's cron calls again in five minutes, and ends the day only once.
    turnAway: ({ date, zone, moment }) => runs.noteMissed({ date, zone, moment }),
  });
}
